import { setTimeout as pause } from 'node:timers/promises';
import { NewTenantBody } from '@docusnap/contracts';
import { seededRandom } from '@docusnap/testing';
import { getPage, openClient } from '../client.ts';
import { type PageImage, repeated } from '../documents/page-images.ts';
import { onSystem, readImage, type Setting } from '../documents/setting.ts';
import { type Figure, figure, median, percentile } from '../report.ts';
import type { RunningSystem } from '../system.ts';
import { gatherCrowd } from './crowd.ts';

/** Of one page, in milliseconds: times the reading time of the slowest page, and more. */
const TARGET = { times: 2, moreMs: 100 } as const;
/** Each page of the mix is timed so often, and its best time counts: a page takes no less, and a busy machine makes it take more. */
const TIMINGS = 2;
/** The longest pause between two submissions, so that they fall on all moments of a page's reading. */
const PAUSE_MS = 500;
const SEED = 11;

export interface FairnessSetting extends Omit<Setting, 'pages'> {
  /** Jobs of the first tenant that wait when the measuring begins. */
  readonly waiting: number;
  /** Jobs of the second tenant, one after another. */
  readonly submissions: number;
}

/** Jobs of one page of one tenant, one after another, behind thousands of another's. */
export async function measureFairness(setting: FairnessSetting): Promise<Figure[]> {
  const alone = await onSystem({ ...setting, readers: 1 }, (system) => timesAlone(system, setting.images), {
    PAGE_THREADS: '1',
  });
  const slowest = Math.max(...alone);
  const { times, before, after } = await onSystem(setting, (system) => timesBehind(system, setting));
  const bound = TARGET.times * slowest + TARGET.moreMs;
  return [
    figure('fairness: one-thread reading time, slowest page', 'ms', slowest, alone),
    figure('fairness: jobs of the other tenant waiting, at the beginning', 'jobs', before, [], {
      atLeast: setting.waiting,
    }),
    figure('fairness: jobs of the other tenant waiting, at the end', 'jobs', after, [], { atLeast: 1 }),
    figure('fairness: submit to completed, median', 'ms', median(times), times),
    figure('fairness: submit to completed, p95', 'ms', percentile(times, 0.95), times, { atMost: bound }),
    figure('fairness: submit to completed, longest', 'ms', Math.max(...times), times),
  ];
}

/** What one reader with one thread needs for each page of the mix, decoding and reading, nothing else running. */
async function timesAlone(system: RunningSystem, images: readonly PageImage[]): Promise<number[]> {
  const client = openClient(system.url, system.key);
  const best = images.map(() => Number.POSITIVE_INFINITY);
  for (let timing = 0; timing < TIMINGS; timing += 1) {
    for (const [index, image] of images.entries()) {
      const { id } = await readImage(system, image);
      const { decode = 0, read = 0 } = (await getPage(client, id, 1)).stages ?? {};
      best[index] = Math.min(best[index]!, decode + read);
    }
  }
  client.agent.destroy();
  return best;
}

async function timesBehind(system: RunningSystem, { images, waiting, submissions, readers }: FairnessSetting) {
  const guest = { ...system, key: await keyOfNewTenant(system) };
  const crowd = await gatherCrowd(system, images, { waiting, readers });
  try {
    const before = await crowd.waiting();
    console.error(`fairness: ${before} jobs wait`);
    const random = seededRandom(SEED);
    const times: number[] = [];
    for (const image of repeated(images, submissions)) {
      await pause(random() * PAUSE_MS);
      const started = performance.now();
      await readImage(guest, image);
      times.push(performance.now() - started);
    }
    return { times, before, after: await crowd.waiting() };
  } finally {
    crowd.close();
  }
}

/** The key of the system is an operator's. */
async function keyOfNewTenant({ url, key }: RunningSystem): Promise<string> {
  const answer = await fetch(`${url}/v1/tenants`, {
    method: 'POST',
    headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
    body: JSON.stringify({ name: 'guest' }),
  });
  if (answer.status !== 201) throw new Error(`POST /v1/tenants: ${answer.status}: ${await answer.text()}`);
  return NewTenantBody.parse(await answer.json()).key.key;
}
