import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { startRedis } from '@docusnap/testing';
import { pageImages } from './documents/page-images.ts';
import { measureFairness } from './fairness/measure.ts';
import { report } from './report.ts';
import { oneOf, runCommand, wholeNumber } from './usage.ts';

/** How long a tenant's single pages take behind another tenant's thousands, on a whole system. */

const USAGE =
  'npm run bench:fairness -- [--waiting 10000] [--submissions 50] [--images DIR] [--readers 2] [--queue postgres|redis] [--json FILE]';
const TOOLS = fileURLToPath(new URL('../../../deploy/ci/tools', import.meta.url));
/** Of the drawn pages, which are many: the slowest of so many is timed soon. */
const MOST_IMAGES = 20;

async function main(): Promise<0 | 1> {
  const { values } = parseArgs({
    options: {
      waiting: { type: 'string', default: '10000' },
      submissions: { type: 'string', default: '50' },
      images: { type: 'string' },
      readers: { type: 'string', default: '2' },
      queue: { type: 'string', default: 'postgres' },
      json: { type: 'string' },
    },
  });
  const [waiting, submissions] = [
    wholeNumber('waiting', values.waiting),
    wholeNumber('submissions', values.submissions),
  ];
  const readers = wholeNumber('readers', values.readers);
  const queue = oneOf('queue', values.queue, ['postgres', 'redis'] as const);
  const images = (await pageImages(values.images)).slice(0, MOST_IMAGES);
  const redis = queue === 'redis' ? await openRedis() : undefined;
  try {
    const setting = { images, readers, waiting, submissions, redisUrl: redis?.url ?? '' };
    return report(await measureFairness(setting), values.json);
  } finally {
    await redis?.stop();
  }
}

function openRedis(): ReturnType<typeof startRedis> {
  // It may be missing on a machine that has run nothing yet.
  execFileSync(TOOLS, ['test'], { stdio: ['ignore', 2, 2] });
  return startRedis();
}

process.exitCode = await runCommand(USAGE, main);
