import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { type Figure, report } from './report.ts';
import { type QueueKind, startInstallation } from './scaleout/installation.ts';
import { measureListeners } from './scaleout/listeners.ts';
import { measureLongPdf } from './scaleout/long-pdf.ts';
import { measureScale } from './scaleout/scale.ts';
import { measureStatements } from './scaleout/statements.ts';
import { oneOf, runCommand, wholeNumber } from './usage.ts';

/** What becomes of pages a second when ocr processes are added, what a page costs the database, and what building a long PDF does to a gateway. */

const USAGE =
  'npm run bench:scaleout -- [--part all|scale|statements|pdf|listeners] [--queue redis|postgres] [--readers 64] [--hold 500] [--seconds 10] [--no-search] [--json FILE]';
const TOOLS = fileURLToPath(new URL('../../../deploy/ci/tools', import.meta.url));
/** For what is measured of one job. */
const SMALL = { gateways: 2, ocrs: 4 };

async function main(): Promise<0 | 1> {
  const { values } = parseArgs({
    options: {
      part: { type: 'string', default: 'all' },
      queue: { type: 'string', default: 'redis' },
      readers: { type: 'string', default: '64' },
      hold: { type: 'string', default: '500' },
      seconds: { type: 'string', default: '10' },
      search: { type: 'boolean', default: true },
      json: { type: 'string' },
    },
    allowNegative: true,
  });
  const part = oneOf('part', values.part, ['all', 'scale', 'statements', 'pdf', 'listeners'] as const);
  const queue = oneOf('queue', values.queue, ['redis', 'postgres'] as const);
  const setting = {
    queue,
    readers: wholeNumber('readers', values.readers),
    holdMs: wholeNumber('hold', values.hold),
    seconds: wholeNumber('seconds', values.seconds),
    search: values.search,
  };
  // Redis is needed here and may be missing on a machine that has run nothing yet.
  if (queue === 'redis') execFileSync(TOOLS, ['test'], { stdio: ['ignore', 2, 2] });
  const say = (words: string): void => console.error(words);
  const figures: Figure[] = [];
  if (part === 'all' || part === 'scale') {
    say(
      `simulated: a stand-in for the engine holds each reader for ${setting.holdMs} ms a page and uses no processor; all else is real`,
    );
    figures.push(...(await measureScale(setting, say)));
  }
  if (part === 'all' || part === 'listeners') figures.push(...(await measureListeners()));
  if (part !== 'scale' && part !== 'listeners') figures.push(...(await measureOneJob(part, queue, say)));
  return report(figures, values.json);
}

/** With readers that decode and make images, and stand-ins for the models. */
async function measureOneJob(
  part: 'all' | 'statements' | 'pdf',
  queue: QueueKind,
  say: (words: string) => void,
): Promise<Figure[]> {
  const installation = await startInstallation({ queue, readers: 'decoding', onLine: () => undefined, onCrash: say });
  try {
    await installation.grow(SMALL);
    const figures: Figure[] = [];
    if (part !== 'pdf') figures.push(...(await measureStatements(installation, say)));
    if (part !== 'statements') figures.push(...(await measureLongPdf(installation, say)));
    return figures;
  } finally {
    await installation.close();
  }
}

process.exitCode = await runCommand(USAGE, main);
