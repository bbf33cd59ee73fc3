import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { runProgram } from './run-program.ts';

const HERE = dirname(fileURLToPath(import.meta.url));
const ROOT = join(HERE, '..', '..');

interface Counts {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
}

/**
 * `npm test`: installs the tools the tests need, lints, checks types, runs all tests; arguments go to Jest. Ends with the counts
 * in one line. Exits 1 when anything failed, with Jest's code when only tests did.
 */
async function runAll(): Promise<number> {
  const tools = await runProgram(join(HERE, 'tools'), ['test'], ROOT);
  const check = await runProgram(process.execPath, [join(HERE, 'check.ts')], ROOT);
  const { code, counts } = await runJest(process.argv.slice(2));
  // The check and the tools are no tests, but where they fail the line must not read as if all were well.
  const failed = counts.failed + (tools === 0 ? 0 : 1) + (check === 0 ? 0 : 1);
  if (check !== 0) process.stdout.write('\nThe check of lint and types failed; its reasons stand above the tests.\n');
  process.stdout.write(`\n${counts.passed} passed, ${failed} failed`);
  process.stdout.write(counts.skipped > 0 ? `, ${counts.skipped} skipped\n` : '\n');
  return code === 0 && failed > 0 ? 1 : code;
}

async function runJest(args: readonly string[]): Promise<{ code: number; counts: Counts }> {
  const folder = await mkdtemp(join(tmpdir(), 'docusnap-results-'));
  const results = join(folder, 'results.json');
  try {
    const options = '--experimental-vm-modules --disable-warning=ExperimentalWarning';
    const code = await runProgram('jest', ['--json', `--outputFile=${results}`, ...args], ROOT, {
      NODE_OPTIONS: `${process.env.NODE_OPTIONS ?? ''} ${options}`.trim(),
    });
    return { code, counts: await countsIn(results) };
  } finally {
    await rm(folder, { recursive: true });
  }
}

async function countsIn(path: string): Promise<Counts> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    // Jest ended before it ran anything, and has said why.
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT')
      return { passed: 0, failed: 1, skipped: 0 };
    throw error;
  }
  const results: Record<string, number> = JSON.parse(text);
  const count = (name: string): number => results[name] ?? 0;
  return {
    passed: count('numPassedTests'),
    // A file that cannot even be loaded has no tests to count.
    failed: count('numFailedTests') + count('numRuntimeErrorTestSuites'),
    skipped: count('numPendingTests') + count('numTodoTests'),
  };
}

process.exitCode = await runAll();
