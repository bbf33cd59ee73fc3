import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { openProgress } from './progress.ts';
import { findSystem } from './reading/find-system.ts';
import { canOpenAny, readFiles } from './reading/read-files.ts';
import { StartError } from './start-error.ts';
import { openStopSignal } from './stop-signal.ts';

const ROOT = join(dirname(fileURLToPath(import.meta.url)), '..', '..', '..');
const SAMPLE = join(ROOT, 'deploy', 'embedded', 'sample', 'invoice.jpg');
const INTERRUPTED = 130;
const USAGE = `Usage: npm run -s read -- [FILE...]
Prints the text of documents (PDF or images) and nothing else; without a file that of the sample. It reads with the system of this
folder, which is started for it unless it runs, or with the one that DOCUSNAP_URL and DOCUSNAP_API_KEY name.`;

/** Prints the text of the files named on the command line, or of the sample; gives the exit code. */
async function readNamed(): Promise<number> {
  const named = process.argv.slice(2);
  if (named.includes('--help')) {
    process.stdout.write(`${USAGE}\n`);
    return 0;
  }
  const progress = openProgress(process.stderr);
  const stop = openStopSignal(() => process.exit(INTERRUPTED));
  // Whoever read the text has closed the pipe, as `head` does: nobody wants the rest.
  process.stdout.on('error', stop.request);
  // npm runs scripts in the root; paths are meant from where the person stands.
  if (process.env.INIT_CWD) process.chdir(process.env.INIT_CWD);
  const output = {
    text: (chunk: string) => {
      progress.clear();
      process.stdout.write(chunk);
    },
    reason: progress.line,
  };
  const paths = named.length > 0 ? named : [SAMPLE];
  if (!(await canOpenAny(paths, output))) return 1;
  try {
    const system = await findSystem({ root: ROOT, environment: process.env, progress, signal: stop.signal });
    try {
      return (await readFiles(system, paths, output, stop.signal)) > 0 ? 1 : 0;
    } finally {
      await system.release();
    }
  } catch (error) {
    progress.clear();
    if (stop.signal.aborted) return INTERRUPTED;
    if (!(error instanceof StartError)) throw error;
    process.stderr.write(`${error.message}\n`);
    return 1;
  }
}

process.exitCode = await readNamed();
process.disconnect?.();
