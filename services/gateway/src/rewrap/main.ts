import { MasterKeyError, openMasterKeys } from '@docusnap/blobs';
import { AppError } from '@docusnap/contracts';
import { closeDatabase, openDatabase } from '@docusnap/db';
import { ConfigError } from '@docusnap/runtime';
import { printNewKey, rotate, showStatus, USAGE } from './command.ts';
import { readRewrapConfig } from './config.ts';

/** `npm run keys -- new ID | status | rotate`, for whatever installation the environment names. */

const stop = new AbortController();
// What is done stays done; the next run goes on.
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => stop.abort());

const print = (line: string) => void process.stdout.write(`${line}\n`);

async function run([command, id, ...more]: readonly string[]): Promise<number> {
  if (command === 'new' && id !== undefined && more.length === 0) return printNewKey(id, print);
  const act = command === 'status' ? showStatus : command === 'rotate' ? rotate : undefined;
  if (act === undefined || id !== undefined) {
    (command === '--help' ? process.stdout : process.stderr).write(`${USAGE}\n`);
    return command === '--help' ? 0 : 1;
  }
  const config = readRewrapConfig(process.env);
  const masterKeys = await openMasterKeys(config.MASTER_KEY, config);
  const db = openDatabase(config.DATABASE_WORKER_URL, { applicationName: 'docusnap-keys', poolSize: 2 });
  try {
    return await act({ db, masterKeys, print, signal: stop.signal });
  } finally {
    await closeDatabase(db);
  }
}

try {
  process.exitCode = await run(process.argv.slice(2));
} catch (error) {
  const isKnown = error instanceof ConfigError || error instanceof MasterKeyError || error instanceof AppError;
  if (!isKnown) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 1;
}
process.disconnect?.();
