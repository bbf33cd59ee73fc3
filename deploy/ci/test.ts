import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { runJest } from './run-jest.ts';
import { runProgram } from './run-program.ts';

const HERE = dirname(fileURLToPath(import.meta.url));
const ROOT = join(HERE, '..', '..');

/**
 * `npm test`: installs the tools the tests need, lints, checks types, runs all tests; arguments go to Jest. Ends with the counts
 * in one line. Exits 1 when anything failed, with Jest's code when only tests did.
 */
async function runAll(): Promise<number> {
  const tools = await runProgram(join(HERE, 'tools'), ['test'], ROOT);
  const check = await runProgram(process.execPath, [join(HERE, 'check.ts')], ROOT);
  const { code, counts, again } = await runJest(process.argv.slice(2), ROOT);
  // The check and the tools are no tests, but where they fail the line must not read as if all were well.
  const failed = counts.failed + (tools === 0 ? 0 : 1) + (check === 0 ? 0 : 1);
  if (check !== 0) process.stdout.write('\nThe check of lint and types failed; its reasons stand above the tests.\n');
  for (const { file, signal } of again)
    process.stdout.write(`\n${file} was run again: ${signal} had ended its worker process.`);
  process.stdout.write(`\n${counts.passed} passed, ${failed} failed`);
  process.stdout.write(counts.skipped > 0 ? `, ${counts.skipped} skipped\n` : '\n');
  return code === 0 && failed > 0 ? 1 : code;
}

process.exitCode = await runAll();
