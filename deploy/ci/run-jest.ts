import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runProgram } from './run-program.ts';

export interface Counts {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
}

export interface Outcome {
  /** Jest's exit code. */
  readonly code: number;
  readonly counts: Counts;
  /** Test files that were run twice, with what ended the first run. */
  readonly again: readonly Lost[];
}

interface Lost {
  readonly file: string;
  readonly signal: string;
}

/** Runs Jest with these arguments, and has it write its results, as JSON, to that path; gives its exit code. */
type Jest = (args: readonly string[], results: string) => Promise<number>;

interface Results {
  readonly numPassedTests: number;
  readonly numFailedTests: number;
  readonly numRuntimeErrorTestSuites: number;
  readonly numPendingTests: number;
  readonly numTodoTests: number;
  readonly testResults: readonly { readonly name: string; readonly message: string }[];
}

/** What Jest says of a test file whose worker process ended. */
const KILLED = /A jest worker process \(pid=\d+\) was terminated by another process: signal=(\w+)/;

/**
 * Runs the tests. A worker process serves some thirty test files, whose native add-ons share its memory, so what ends it by a signal may be
 * an earlier file's doing and tells nothing of the tests of the one it was at. Such a file is run once more, in a process of its own;
 * the outcome names it. What fails otherwise, or is ended again, stays failed.
 *
 * @param root folder of jest.config.js
 */
export async function runJest(args: readonly string[], root: string, jest: Jest = jestIn(root)): Promise<Outcome> {
  const folder = await mkdtemp(join(tmpdir(), 'docusnap-results-'));
  try {
    const first = join(folder, 'first.json');
    const code = await jest(args, first);
    const results = await resultsIn(first);
    if (results === undefined) return { code, counts: { passed: 0, failed: 1, skipped: 0 }, again: [] };
    const again = lostIn(results);
    const counts = countsOf(results);
    if (again.length === 0) return { code, counts, again };
    const second = join(folder, 'second.json');
    const secondCode = await jest(['--runTestsByPath', ...again.map(({ file }) => file)], second);
    const secondResults = await resultsIn(second);
    const more = secondResults ? countsOf(secondResults) : { passed: 0, failed: again.length, skipped: 0 };
    const others = counts.failed - again.length;
    return {
      code: others === 0 ? secondCode : code,
      counts: {
        passed: counts.passed + more.passed,
        failed: others + more.failed,
        skipped: counts.skipped + more.skipped,
      },
      again,
    };
  } finally {
    await rm(folder, { recursive: true });
  }
}

function jestIn(root: string): Jest {
  const options = '--experimental-vm-modules --disable-warning=ExperimentalWarning';
  const variables = { NODE_OPTIONS: `${process.env.NODE_OPTIONS ?? ''} ${options}`.trim() };
  return (args, results) => runProgram('jest', ['--json', `--outputFile=${results}`, ...args], root, variables);
}

/** Undefined where Jest ended before it ran anything, and has said why. */
async function resultsIn(path: string): Promise<Results | undefined> {
  const text = await readFile(path, 'utf8').catch(() => undefined);
  return text === undefined ? undefined : (JSON.parse(text) as Results);
}

function countsOf(results: Results): Counts {
  return {
    passed: results.numPassedTests,
    // A file that cannot even be loaded has no tests to count.
    failed: results.numFailedTests + results.numRuntimeErrorTestSuites,
    skipped: results.numPendingTests + results.numTodoTests,
  };
}

function lostIn({ testResults }: Results): Lost[] {
  return testResults.flatMap(({ name: file, message }) => {
    const signal = KILLED.exec(message)?.[1];
    return signal === undefined ? [] : [{ file, signal }];
  });
}
