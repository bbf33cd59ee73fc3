import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { homeFrom } from '../options.ts';
import { openProgress } from '../progress.ts';
import { StartError } from '../start-error.ts';
import { openStopSignal } from '../stop-signal.ts';
import { runCommand, runEmbeddedCommand } from './rotate.ts';

/** `npm run keys -- new ID | status | rotate`: of the installation that DATABASE_WORKER_URL names, else of the one in DOCUSNAP_HOME. */

const ROOT = join(dirname(fileURLToPath(import.meta.url)), '..', '..', '..', '..');
const INTERRUPTED = 130;

const args = process.argv.slice(2);
const progress = openProgress(process.stderr);
const stop = openStopSignal(() => process.exit(INTERRUPTED));
const context = { root: ROOT, environment: process.env, progress, signal: stop.signal };

async function run(): Promise<number> {
  const [command, ...more] = args;
  const isElsewhere = process.env.DATABASE_WORKER_URL ?? process.env.DATABASE_WORKER_URL_FILE;
  const isOurs = (command === 'status' || command === 'rotate') && more.length === 0;
  if (isElsewhere || !isOurs) return runCommand(context, args, process.env);
  return runEmbeddedCommand(homeFrom(process.env, ROOT), command, context);
}

try {
  process.exitCode = await run();
} catch (error) {
  progress.clear();
  if (stop.signal.aborted) process.exitCode = INTERRUPTED;
  else if (error instanceof StartError) {
    process.stderr.write(`${error.message}\n`);
    process.exitCode = 1;
  } else throw error;
}
process.disconnect?.();
