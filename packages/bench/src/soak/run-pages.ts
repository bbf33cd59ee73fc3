import { seededRandom } from '@docusnap/testing';
import { erase, openClient, submit, waitForEnd } from '../client.ts';
import type { RunningSystem } from '../system.ts';
import type { DrawnPage } from './drawn-pages.ts';

/** Jobs in hand at once for each reader: one being read, one waiting, so that no reader is ever idle. */
const IN_HAND = 2;

export interface RunOptions {
  /** How many pages to send in all. */
  readonly pages: number;
  readonly readers: number;
  /** Called as each page is done, with how many are. */
  readonly onPage: (done: number) => void;
}

/**
 * Sends pages through the gateway, a job each, the collection again and again in another order each time, and erases each job when it has been
 * read.
 *
 * @throws Error when a page is not read
 */
export async function runPages(system: RunningSystem, collection: readonly DrawnPage[], options: RunOptions) {
  const { pages, readers, onPage } = options;
  let sent = 0;
  let done = 0;
  let order: readonly DrawnPage[] = [];
  const random = seededRandom(1);
  const next = (): DrawnPage => {
    const at = sent % collection.length;
    if (at === 0) order = shuffled(collection, random);
    sent += 1;
    return order[at]!;
  };
  const lane = async () => {
    const client = openClient(system.url, system.key);
    try {
      while (sent < pages) {
        const { name, bytes } = next();
        const { job } = await submit(client, name, bytes, { cache: false });
        const ended = await waitForEnd(client, job.id);
        if (ended.status !== 'completed') {
          throw new Error(`${name} ended ${ended.status}: ${JSON.stringify(ended.error)}`);
        }
        await erase(client, job.id);
        done += 1;
        onPage(done);
      }
    } finally {
      client.agent.destroy();
    }
  };
  await Promise.all(Array.from({ length: readers * IN_HAND }, lane));
}

/** Fisher and Yates. */
function shuffled<T>(items: readonly T[], random: () => number): T[] {
  const out = [...items];
  for (let last = out.length - 1; last > 0; last--) {
    const other = Math.floor(random() * (last + 1));
    [out[last], out[other]] = [out[other]!, out[last]!];
  }
  return out;
}
