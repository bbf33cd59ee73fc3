import { setTimeout as pause } from 'node:timers/promises';
import { seededRandom } from '@docusnap/testing';
import { erase, getJob, getPage, openClient, submit, waitForEnd } from '../client.ts';
import { type Figure, figure, median, percentile } from '../report.ts';
import type { RunningSystem } from '../system.ts';
import { type PageImage, repeated } from './page-images.ts';
import { digitalPdf, mixedPdf, scannedPdf } from './pdfs.ts';
import { onSystem, readImage, type Setting, UNCACHED } from './setting.ts';

const SUBMISSIONS = 50;
/** Pages of the long job, over those of the other parts. */
const TIMES_PAGES = 10 / 3;
/** Of one page, in milliseconds: times the reading time of the slowest page, and more. */
const TARGET = { times: 2, moreMs: 100 } as const;
/** Each page of the mix is timed so often, and its best time counts: a page takes no less, and a busy machine makes it take more. */
const TIMINGS = 2;
/** The longest pause between two submissions, so that they fall on all moments of a page's reading. */
const PAUSE_MS = 500;
const SEED = 7;
const LOOK_EVERY_MS = 50;

/** Jobs of one page, one after another, behind a long mixed job of the same tenant that is being read all the time. */
export async function measureBehind(setting: Setting): Promise<Figure[]> {
  const alone = await onSystem({ ...setting, readers: 1 }, (system) => timesAlone(system, setting), {
    PAGE_THREADS: '1',
  });
  const slowest = Math.max(...alone);
  const times = await onSystem(setting, (system) => timesBehind(system, setting));
  const bound = TARGET.times * slowest + TARGET.moreMs;
  return [
    figure('behind: one-thread reading time, median page', 'ms', median(alone), alone),
    figure('behind: one-thread reading time, slowest page', 'ms', slowest, alone),
    figure('behind: submit to completed, median', 'ms', median(times), times),
    figure('behind: submit to completed, p95', 'ms', percentile(times, 0.95), times, { atMost: bound }),
    figure('behind: submit to completed, longest', 'ms', Math.max(...times), times),
  ];
}

/** What one reader with one thread needs for each page of the mix, from the fetching of its bytes to its sealed text, nothing else running. */
async function timesAlone(system: RunningSystem, { images }: Setting): Promise<number[]> {
  const client = openClient(system.url, system.key);
  const documents = images.map((image) => ({ name: 'page.pdf', bytes: scannedPdf([image]) }));
  documents.push({ name: 'digital.pdf', bytes: digitalPdf(1, SEED) });
  const best = documents.map(() => Number.POSITIVE_INFINITY);
  for (let timing = 0; timing < TIMINGS; timing += 1) {
    for (const [index, { name, bytes }] of documents.entries()) {
      const { job } = await submit(client, name, bytes, UNCACHED);
      await waitForEnd(client, job.id);
      const { stages } = await getPage(client, job.id, 1);
      best[index] = Math.min(best[index]!, readingMs(stages ?? {}));
    }
  }
  client.agent.destroy();
  return best;
}

/** Decoding and reading; what the service adds is not part of it. */
function readingMs({ decode = 0, read = 0 }: Readonly<Record<string, number>>): number {
  return decode + read;
}

async function timesBehind(system: RunningSystem, { images, pages }: Setting): Promise<number[]> {
  const client = openClient(system.url, system.key);
  const long = Math.ceil((pages * TIMES_PAGES) / 2);
  const { job } = await submit(client, 'long.pdf', mixedPdf(repeated(images, long), SEED), UNCACHED);
  // Not only begun: readers are warm and their queue is full.
  while ((await getJob(client, job.id)).pages_done < images.length / 4) await pause(LOOK_EVERY_MS);
  const random = seededRandom(SEED);
  const times: number[] = [];
  for (const image of repeated(images, SUBMISSIONS)) {
    await pause(random() * PAUSE_MS);
    times.push(await jobMs(system, image));
  }
  const { status, pages_done, pages_total } = await getJob(client, job.id);
  if (status !== 'reading') {
    throw new Error(
      `The long job was ${status} before all others were submitted: it needs more than ${pages_total} pages`,
    );
  }
  console.error(`behind: ${pages_done} of ${pages_total} pages of the long job were read meanwhile`);
  await erase(client, job.id);
  client.agent.destroy();
  return times;
}

async function jobMs(system: RunningSystem, image: PageImage): Promise<number> {
  const started = performance.now();
  await readImage(system, image);
  return performance.now() - started;
}
