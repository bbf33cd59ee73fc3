import { limited, outcomeOf } from './batch/batch.ts';
import { inputFiles, refuseMixing } from './batch/inputs.ts';
import type { Outcome, Work } from './batch/work.ts';
import type { Call } from './call.ts';
import { EXIT, type ExitCode } from './exit-codes.ts';
import { printInOrder } from './print-in-order.ts';
import { openProgress } from './progress.ts';
import { fileRun, outcomeLine, readingOptions } from './reading.ts';

/** Does the work with all files named: results go to the folder, or to the output in the order of the files; all else goes to the error output. */
export async function readFiles(call: Call, work: Work): Promise<ExitCode> {
  const { output, errors, environment, given, args } = call;
  const { folder, atOnce } = readingOptions(call);
  refuseMixing(args, { folder, extensions: work.extensions });
  const paths = inputFiles(args);
  const json = given.json === true;
  // Texts and bars on one terminal would run into each other.
  const quiet = given.quiet === true || json || (folder === undefined && output.isTTY === true);
  const progress = openProgress({ stream: errors, environment, total: paths.length, quiet });
  const run = fileRun(call, work, progress);
  const print = printInOrder(paths, (outcome) =>
    output.write(json ? outcomeLine(outcome) : printed(outcome, paths.length)),
  );
  let failed = 0;
  try {
    await limited(paths, atOnce, async (path) => {
      const outcome = await outcomeOf(run, path);
      if (outcome.failures.length > 0) failed += 1;
      if (!json) progress.ended(outcome);
      if (json || folder === undefined) print(outcome);
    });
  } finally {
    progress.close();
  }
  return failed > 0 ? EXIT.failed : EXIT.ok;
}

/** Its text; where there are several, below its name. */
function printed({ path, contents, status }: Outcome, files: number): string | Uint8Array {
  const [first] = contents;
  if (status === 'failed' || !first) return '';
  if (typeof first.content !== 'string') return first.content;
  const heading = files > 1 ? `==> ${path} <==\n` : '';
  return `${heading}${first.content}${first.content === '' || first.content.endsWith('\n') ? '' : '\n'}`;
}
