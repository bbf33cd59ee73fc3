import { spawn } from 'node:child_process';
import { constants } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { InstallError, installMissing } from './install.mjs';

const ROOT = join(dirname(fileURLToPath(import.meta.url)), '..', '..');
const PROGRAMS = join(ROOT, 'node_modules', '.bin');

/** Installs what is missing, runs `[script, ...arguments]` with the repository's own Node.js and ends as it ends. */
export async function installAndRun([script, ...args]) {
  const environment = {
    ...process.env,
    PATH: `${PROGRAMS}${delimiter}${process.env.PATH}`,
    // Sources are TypeScript, compiled as they are loaded; kept from one start to the next this halves the time of loading.
    NODE_COMPILE_CACHE: process.env.NODE_COMPILE_CACHE ?? join(ROOT, 'node_modules', '.cache', 'node'),
  };
  try {
    await installMissing(ROOT, environment);
  } catch (error) {
    if (!(error instanceof InstallError)) throw error;
    console.error(error.message);
    process.exitCode = 1;
    return;
  }
  // The channel tells the script when this process is gone, whatever ended it.
  const child = spawn(join(PROGRAMS, 'node'), [join(ROOT, script), ...args], {
    env: environment,
    stdio: ['inherit', 'inherit', 'inherit', 'ipc'],
  });
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
  if (environment.npm_lifecycle_event !== undefined) watchParent(() => child.kill('SIGTERM'));
  child.once('error', (error) => {
    console.error(`${script} could not be started: ${error.message}`);
    process.exit(1);
  });
  child.once('exit', (code, signal) => process.exit(signal === null ? code : 128 + constants.signals[signal]));
}

/** npm passes signals on to a shell only, which may end by them without passing them on in its turn. */
function watchParent(onGone) {
  const parent = process.ppid;
  const timer = setInterval(() => {
    if (process.ppid === parent) return;
    clearInterval(timer);
    onGone();
  }, 500);
  timer.unref();
}
