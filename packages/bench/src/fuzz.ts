import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { figuresOf, fuzz, slowFiguresOf } from './fuzz/run.ts';
import { filesIn } from './hostile/run.ts';
import { report } from './report.ts';
import { runCommand, wholeNumber } from './usage.ts';

/**
 * Sends odd, broken and hostile requests to a running system, made from its own OpenAPI document: none may be answered by 500, end a process, be
 * answered late, leak into a log, or make memory grow.
 */

const USAGE = 'npm run test:fuzz -- [--requests N] [--seed N] [--files FOLDER] [--count FILES] [--json FILE]';
const FILES = fileURLToPath(new URL('../../../../shared/eval/dev/robustness', import.meta.url));

async function main(): Promise<0 | 1> {
  const { values } = parseArgs({
    options: {
      requests: { type: 'string', default: '20000' },
      seed: { type: 'string', default: '1' },
      files: { type: 'string', default: FILES },
      count: { type: 'string', default: '40' },
      json: { type: 'string' },
    },
  });
  const there = existsSync(values.files);
  if (!there) console.log(`hostile files: not run: there is no folder ${values.files}; name one with --files`);
  const outcome = await fuzz({
    requests: wholeNumber('requests', values.requests),
    seed: wholeNumber('seed', values.seed),
    files: there ? await filesIn(values.files, wholeNumber('count', values.count)) : [],
    onLine: (line) => console.error(line),
  });
  const statuses = [...outcome.tally.byStatus]
    .sort(([a], [b]) => a - b)
    .map(([status, count]) => `${status}: ${count}`);
  console.log(`answers by status: ${statuses.join(', ')}`);
  if (outcome.undone.length > 0) console.log(`never done: ${outcome.undone.join(', ')}`);
  for (const { what, curl } of outcome.tally.findings.values()) console.log(`\n${what}\n    ${curl}`);
  for (const line of outcome.logged) console.log(`\nlogged: ${line}`);
  for (const leak of outcome.leaks.slice(0, 10)) console.log(`leak: ${leak}`);
  return report([...figuresOf(outcome), ...slowFiguresOf(outcome)], values.json);
}

process.exitCode = await runCommand(USAGE, main);
