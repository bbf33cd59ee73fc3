import { spawn } from 'node:child_process';
import { join } from 'node:path';
import type { Environment } from '../options.ts';
import type { Progress } from '../progress.ts';
import { addMasterKey, retireMasterKeys, secretPath } from '../secrets.ts';
import { DATABASE_NAME } from '../services.ts';
import { startDatabaseAlone } from '../system.ts';

interface Context {
  readonly root: string;
  readonly environment: Environment;
  readonly progress: Progress;
  readonly signal: AbortSignal;
}

/** Runs the gateway's command, which works on whatever installation its environment names; gives its exit code. */
export function runCommand(
  { root, signal }: Context,
  args: readonly string[],
  environment: Environment,
): Promise<number> {
  const script = join(root, 'services', 'gateway', 'src', 'rewrap', 'main.ts');
  const child = spawn(process.execPath, [script, ...args], { env: { ...environment }, stdio: 'inherit' });
  // What is done stays done, and it ends after the batch that it has in hand.
  const stop = (): void => void child.kill('SIGTERM');
  signal.addEventListener('abort', stop, { once: true });
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => {
      signal.removeEventListener('abort', stop);
      resolve(code ?? 1);
    });
  });
}

/**
 * `status` or `rotate` of the installation in a folder, whose system must not run: its database is started for this. A rotation adds a key, wraps everything
 * under it and takes the old one away, in this order, so that wherever it is cut off nothing is lost and the next one goes on.
 */
export async function runEmbeddedCommand(
  home: string,
  command: 'status' | 'rotate',
  context: Context,
): Promise<number> {
  const { progress } = context;
  const { folders, secrets, database, stop } = await startDatabaseAlone(home, context);
  try {
    if (command === 'rotate') addMasterKey(folders);
    progress.clear();
    const code = await runCommand(context, [command], {
      PATH: context.environment.PATH,
      DATABASE_WORKER_URL: database.url('docusnap_worker', secrets.workerPassword, DATABASE_NAME),
      MASTER_KEY_FILE: secretPath(folders, 'masterKey'),
    });
    if (command === 'rotate' && code === 0) {
      progress.line(`The old key lies in ${retireMasterKeys(folders)}: only backups from before still need it.`);
    }
    return code;
  } finally {
    await stop();
  }
}
