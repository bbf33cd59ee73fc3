import { statSync } from 'node:fs';
import { pause } from '../http/pause.ts';
import { limited, outcomeOf } from './batch/batch.ts';
import { isFolder, readableIn } from './batch/inputs.ts';
import { type Call, textOf } from './call.ts';
import { EXIT, type ExitCode, UsageError } from './exit-codes.ts';
import { openProgress } from './progress.ts';
import { fileRun, outcomeLine, readingOptions, textWork } from './reading.ts';

/** Between looks at the folder: a file that is the same at two looks is not being written any more. Looking also sees network drives. */
const LOOK_MS = 1_000;

/** `docusnap watch FOLDER`: reads what comes until it is stopped. What was read is remembered beside the results, so that a restart does not read it again. */
export async function watch(call: Call): Promise<ExitCode> {
  const [folder, ...more] = call.args;
  if (folder === undefined || more.length > 0) throw new UsageError('Name one folder to watch.');
  if (!isFolder(folder)) throw new UsageError(`${folder} is no folder.`);
  if (textOf(call, 'out') === undefined) throw new UsageError('Say where the results go: --out DIR');
  const { errors, environment, given, output, signal } = call;
  const json = given.json === true;
  const quiet = given.quiet === true || json;
  const work = textWork(call);
  const { docusnap } = call.connect();
  await docusnap.jobs.list({ limit: 1, signal }).page();
  const progress = openProgress({ stream: errors, environment, total: undefined, quiet });
  const run = fileRun(call, work, progress);
  const settled = openSettled();
  if (!quiet) progress.line(`Watching ${folder}; Ctrl-C ends it.`);
  try {
    while (!signal.aborted) {
      await limited(settled.next(readableIn(folder)), readingOptions(call).atOnce, async (path) => {
        const outcome = await outcomeOf(run, path);
        // At a start all files are there that were read before: that is no news.
        if (outcome.status === 'skipped') return;
        if (json) output.write(outcomeLine(outcome));
        else progress.ended(outcome);
      });
      await pause(LOOK_MS, signal);
    }
  } catch (error) {
    if (!signal.aborted) throw error;
  } finally {
    progress.close();
  }
  return EXIT.ok;
}

/** Files that have not changed since the look before, each once for each of its contents. */
function openSettled() {
  const seen = new Map<string, string>();
  const taken = new Map<string, string>();
  return {
    next(paths: readonly string[]): string[] {
      return paths.filter((path) => {
        const found = statSync(path, { throwIfNoEntry: false });
        const now = found ? `${found.size} ${found.mtimeMs}` : '';
        const isSettled = found !== undefined && found.size > 0 && seen.get(path) === now && taken.get(path) !== now;
        seen.set(path, now);
        if (isSettled) taken.set(path, now);
        return isSettled;
      });
    },
  };
}
