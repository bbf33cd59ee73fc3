import { isDocuSnapError } from '../errors.ts';
import { pause } from '../http/pause.ts';
import { limited, outcomeOf } from './batch/batch.ts';
import { isFolder, readableIn, refuseMixing } from './batch/inputs.ts';
import { openSettled } from './batch/settled.ts';
import { type Call, textOf } from './call.ts';
import { EXIT, type ExitCode, UsageError } from './exit-codes.ts';
import { openProgress } from './progress.ts';
import { fileRun, outcomeLine, readingOptions, textWork } from './reading.ts';

/** Between looks at the folder: a file that is the same at two looks is not being written any more. Looking also sees network drives. */
const LOOK_MS = 1_000;
/** After a fault that concerns all files: DocuSnap away, a drive away or full. */
const FAULT_MS = 2_000;

/**
 * `docusnap watch FOLDER`: reads what comes until it is stopped, or its key is refused. What was read is remembered beside the results, so that a
 * restart does not read it again.
 */
export async function watch(call: Call): Promise<ExitCode> {
  const [folder, ...more] = call.args;
  if (folder === undefined || more.length > 0) throw new UsageError('Name one folder to watch.');
  if (!isFolder(folder)) throw new UsageError(`${folder} is no folder.`);
  const results = textOf(call, 'out');
  if (results === undefined) throw new UsageError('Say where the results go: --out DIR');
  const { errors, environment, given, output, signal } = call;
  const json = given.json === true;
  const quiet = given.quiet === true || json;
  const work = textWork(call);
  refuseMixing([folder], { folder: results, extensions: work.extensions });
  const { docusnap } = call.connect();
  await docusnap.jobs.list({ limit: 1, signal }).page();
  const progress = openProgress({ stream: errors, environment, total: undefined, quiet });
  const run = fileRun(call, work, progress);
  const settled = openSettled();
  const look = async (): Promise<void> =>
    limited(settled.next(readableIn(folder)), readingOptions(call).atOnce, async (path) => {
      const outcome = await outcomeOf(run, path).catch((error: unknown) => {
        // Its result cannot be written: that is not to keep others waiting.
        if (isSystemError(error)) settled.putOff(path);
        throw error;
      });
      if (outcome.error?.retryable) settled.putOff(path);
      else settled.take(path);
      // At a start all files are there that were read before: that is no news.
      if (outcome.status === 'skipped') return;
      if (json) output.write(outcomeLine(outcome));
      else progress.ended(outcome);
    });
  if (!quiet) progress.line(`Watching ${folder}; Ctrl-C ends it.`);
  let fault: string | undefined;
  try {
    while (!signal.aborted) {
      const said = fault;
      fault = await faultOf(look());
      signal.throwIfAborted();
      if (fault !== undefined && fault !== said) progress.line(`${fault} Trying again.`);
      await pause(fault === undefined ? LOOK_MS : FAULT_MS, signal);
    }
  } catch (error) {
    if (!signal.aborted) throw error;
  } finally {
    progress.close();
  }
  return EXIT.ok;
}

/** What went wrong and may pass, in words; undefined where nothing did. Throws what does not pass. */
async function faultOf(looking: Promise<void>): Promise<string | undefined> {
  try {
    await looking;
    return undefined;
  } catch (error) {
    if ((isDocuSnapError(error) && error.retryable) || isSystemError(error)) return error.message.replace(/\.?$/, '.');
    throw error;
  }
}

/** Of reading and writing files. */
function isSystemError(error: unknown): error is NodeJS.ErrnoException {
  return error instanceof Error && 'syscall' in error;
}
