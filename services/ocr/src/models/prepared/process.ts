import { spawn } from 'node:child_process';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { AppError } from '@docusnap/contracts';

export interface PreparationProcessOptions {
  /** The whole environment of the process. */
  readonly environment: Readonly<Record<string, string>>;
  /** Milliseconds it may take. */
  readonly timeoutMs: number;
  /** Gives it up. */
  readonly signal?: AbortSignal;
}

/**
 * Runs the process that prepares the models, to its end.
 *
 * @throws AppError `models_unavailable` with the sentence that it leaves, or one about how it ended
 */
export async function runPreparation({ environment, timeoutMs, signal }: PreparationProcessOptions): Promise<void> {
  const script = fileURLToPath(new URL('./main.ts', import.meta.url));
  const child = spawn(process.execPath, [script], {
    env: environment,
    stdio: ['ignore', 'ignore', 'pipe'],
    timeout: timeoutMs,
    killSignal: 'SIGKILL',
    signal,
  });
  const ended = new Promise<string>((resolve) => {
    child.once('error', (error) => resolve(error.message));
    child.once('exit', (code, killedBy) => resolve(code === 0 ? '' : `It ended with ${killedBy ?? code}.`));
  });
  const [said, how] = await Promise.all([text(child.stderr), ended]);
  if (how !== '') throw new AppError('models_unavailable', said.trim() || how);
}
