import { type Client, getJob, openClient, submit } from '../client.ts';
import { type PageImage, repeated } from '../documents/page-images.ts';
import { UNCACHED } from '../documents/setting.ts';
import type { RunningSystem } from '../system.ts';

/** Submits at a time while the queue is filled. */
const AT_ONCE = 8;

/** Jobs of one page each of one tenant, in the order in which they are read. */
export interface Crowd {
  /** How many of them wait or are read just now. */
  waiting(): Promise<number>;
  close(): void;
}

/** Submits jobs until so many wait beside those that readers have in hand, while those before are being read already. */
export async function gatherCrowd(
  system: RunningSystem,
  images: readonly PageImage[],
  { waiting, readers }: { readonly waiting: number; readonly readers: number },
): Promise<Crowd> {
  const clients = Array.from({ length: AT_ONCE }, () => openClient(system.url, system.key));
  const ids: string[] = [];
  const [looking] = clients as [Client];
  const crowd: Crowd = {
    waiting: async () => ids.length - (await countEnded(looking, ids)),
    close: () => clients.forEach(({ agent }) => void agent.destroy()),
  };
  // A page may end between the last look and the one that is reported, and its reader begin the next.
  const enough = waiting + 2 * readers;
  for (let missing = enough; missing > 0; missing = enough - (await crowd.waiting())) {
    const wanted = repeated(images, missing).values();
    await Promise.all(
      clients.map(async (client) => {
        // One iterator for all: each takes the next.
        for (const { name, bytes } of wanted) ids.push((await submit(client, name, bytes, UNCACHED)).job.id);
      }),
    );
  }
  return crowd;
}

/** They end about in order: the first that has not is found by halving. */
async function countEnded(client: Client, ids: readonly string[]): Promise<number> {
  let [low, high] = [0, ids.length];
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    const { finished_at } = await getJob(client, ids[middle]!);
    if (finished_at === null) high = middle;
    else low = middle + 1;
  }
  return low;
}
