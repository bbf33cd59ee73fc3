import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { startRedis } from '@docusnap/testing';
import { measureBehind } from './documents/behind.ts';
import { measureFirst } from './documents/first.ts';
import { measureKill } from './documents/kill.ts';
import { pageImages } from './documents/page-images.ts';
import { measureScanned } from './documents/scanned.ts';
import type { Setting } from './documents/setting.ts';
import { type Figure, report } from './report.ts';
import { oneOf, runCommand, wholeNumber } from './usage.ts';

/**
 * Long documents on a whole system: a scanned PDF against its pages as single images, the same with the ocr service killed in the middle, the
 * first page of a born-digital PDF, and jobs of one page behind a long one.
 */

const USAGE =
  'npm run bench:documents -- [--part scanned,kill,first,behind] [--pages 300] [--images DIR] [--readers 2] [--queue postgres|redis] [--json FILE]';
const TOOLS = fileURLToPath(new URL('../../../deploy/ci/tools', import.meta.url));

const PARTS = ['scanned', 'kill', 'first', 'behind'] as const;
const MEASURES: Readonly<Record<(typeof PARTS)[number], (setting: Setting) => Promise<Figure[]>>> = {
  scanned: measureScanned,
  kill: measureKill,
  first: measureFirst,
  behind: measureBehind,
};

async function main(): Promise<0 | 1> {
  const { values } = parseArgs({
    options: {
      part: { type: 'string', default: PARTS.join(',') },
      pages: { type: 'string', default: '300' },
      images: { type: 'string' },
      readers: { type: 'string', default: '2' },
      queue: { type: 'string', default: 'postgres' },
      json: { type: 'string' },
    },
  });
  const parts = values.part.split(',').map((part) => oneOf('part', part, PARTS));
  const [pages, readers] = [wholeNumber('pages', values.pages), wholeNumber('readers', values.readers)];
  const queue = oneOf('queue', values.queue, ['postgres', 'redis'] as const);
  const images = await pageImages(values.images);
  const redis = queue === 'redis' ? await openRedis() : undefined;
  const figures: Figure[] = [];
  try {
    for (const part of parts) {
      figures.push(...(await MEASURES[part]({ images, pages, readers, redisUrl: redis?.url ?? '' })));
    }
  } finally {
    await redis?.stop();
  }
  return report(figures, values.json);
}

function openRedis(): ReturnType<typeof startRedis> {
  // It may be missing on a machine that has run nothing yet.
  execFileSync(TOOLS, ['test'], { stdio: ['ignore', 2, 2] });
  return startRedis();
}

process.exitCode = await runCommand(USAGE, main);
