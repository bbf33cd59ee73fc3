import { setTimeout as pause } from 'node:timers/promises';
import { erase, getJob, getResult, openClient, submit, waitForEnd } from '../client.ts';
import type { DrawnPage } from '../soak/drawn-pages.ts';
import type { Installation } from './installation.ts';
import { type Look, openWatcher } from './look.ts';

/** Callers at a time, each with a connection of its own. */
const CALLERS = 8;
/** Milliseconds between two looks. */
const LOOK_MS = 500;

/** Every job is submitted, waited for, read and erased, as a client that keeps nothing would. Gives what was seen meanwhile. */
export async function runJobs(
  installation: Installation,
  { jobs, pages }: { jobs: number; pages: readonly DrawnPage[] },
): Promise<{ looks: Look[]; seconds: number }> {
  const looks: Look[] = [];
  let [begun, done] = [0, 0];
  const started = performance.now();
  const ended = new AbortController();
  const watching = watch();
  try {
    await Promise.all(Array.from({ length: CALLERS }, call));
  } finally {
    ended.abort();
    await watching;
  }
  return { looks, seconds: (performance.now() - started) / 1_000 };

  async function call(): Promise<void> {
    const client = openClient(installation.url, installation.key);
    try {
      for (let job = begun++; job < jobs; job = begun++) {
        const page = pages[job % pages.length]!;
        const { id } = (await submit(client, page.name, page.bytes, { cache: false })).job;
        const { status, error } = await waitForEnd(client, id);
        if (status !== 'completed') throw new Error(`Job ${id} ended ${status}: ${JSON.stringify(error)}`);
        await getJob(client, id);
        await getResult(client, id);
        await erase(client, id);
        done += 1;
        if (done % 1_000 === 0) console.error(`${done} of ${jobs} jobs`);
      }
    } finally {
      client.agent.destroy();
    }
  }

  async function watch(): Promise<void> {
    const watcher = openWatcher(installation);
    while (!ended.signal.aborted) {
      looks.push(await watcher.look(done));
      await pause(LOOK_MS, undefined, { signal: ended.signal }).catch(() => undefined);
    }
    watcher.close();
  }
}
