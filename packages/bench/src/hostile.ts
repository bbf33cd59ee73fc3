import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { figuresOf, filesIn, sendAll } from './hostile/run.ts';
import { report } from './report.ts';
import { runCommand, wholeNumber } from './usage.ts';

/**
 * Sends damaged, odd and malicious files to a running system: each has to end, as a result or as an error that says what is wrong with it, within
 * a bounded time and memory, while both services stay ready, and without leaving temporary files.
 */

const USAGE = 'npm run test:hostile -- [--files FOLDER] [--count FILES] [--json FILE]';
const FILES = fileURLToPath(new URL('../../../../shared/eval/dev/robustness', import.meta.url));

async function main(): Promise<0 | 1> {
  const { values } = parseArgs({
    options: { files: { type: 'string', default: FILES }, count: { type: 'string' }, json: { type: 'string' } },
  });
  if (!existsSync(values.files)) {
    console.log(`not run: there is no folder ${values.files}; name one with --files`);
    return 0;
  }
  const count = values.count === undefined ? undefined : wholeNumber('count', values.count);
  const outcome = await sendAll(await filesIn(values.files, count), ({ name, outcome: how, ms }) => {
    console.error(`${(ms / 1_000).toFixed(1).padStart(6)} s  ${how.padEnd(24)} ${name}`);
  });
  for (const { name, outcome: how } of outcome.endings.filter(({ clean }) => !clean))
    console.log(`unclean: ${how}: ${name}`);
  for (const name of outcome.leftOver) console.log(`left over: ${name}`);
  return report(figuresOf(outcome), values.json);
}

process.exitCode = await runCommand(USAGE, main);
