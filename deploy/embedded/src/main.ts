import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { banner } from './banner.ts';
import { consoleLink } from './console-link.ts';
import { parseOptions } from './options.ts';
import { openProgress } from './progress.ts';
import { StartError } from './start-error.ts';
import { openStopSignal } from './stop-signal.ts';
import { startSystem } from './system.ts';

const ROOT = join(dirname(fileURLToPath(import.meta.url)), '..', '..', '..');
const SAMPLE = join(ROOT, 'deploy', 'embedded', 'sample', 'invoice.jpg');

/** Runs the whole system until it is told to stop; gives the exit code. */
async function runSystem(): Promise<number> {
  const progress = openProgress(process.stderr);
  const stop = openStopSignal(() => process.exit(1)); // The next start ends what this leaves.
  // Nobody sees it any more: the terminal is gone, or the program it was piped into.
  for (const stream of [process.stdout, process.stderr]) stream.on('error', stop.request);
  try {
    const options = parseOptions(process.argv.slice(2), process.env, ROOT);
    const system = await startSystem(options, { root: ROOT, environment: process.env, progress, signal: stop.signal });
    // The system is no worse without it.
    const link = await consoleLink(system).catch(() => null);
    process.stdout.write(banner(system, relative(process.cwd(), SAMPLE), link));
    await stop.requested;
    await system.stop();
  } catch (error) {
    progress.clear();
    if (stop.signal.aborted) return 0;
    if (!(error instanceof StartError)) throw error;
    process.stderr.write(`${error.message}\n`);
    return 1;
  }
  progress.line('DocuSnap has stopped.');
  return 0;
}

process.exit(await runSystem());
