import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { runProgram } from './run-program.ts';

const ROOT = join(dirname(fileURLToPath(import.meta.url)), '..', '..');

/** Lint and format, then types; both run even when the first fails, so that one look shows all. Exits 1 when either fails. */
const colors = process.stdout.isTTY ? 'force' : 'off';
const lint = await runProgram('biome', ['ci', '--error-on-warnings', `--colors=${colors}`, '.'], ROOT);
const types = await runProgram('tsc', ['--noEmit'], ROOT);
// What runs in browsers knows other things than what runs in Node.
const consoleTypes = await runProgram('tsc', ['--noEmit', '--project', 'packages/console'], ROOT);
process.exitCode = lint === 0 && types === 0 && consoleTypes === 0 ? 0 : 1;
