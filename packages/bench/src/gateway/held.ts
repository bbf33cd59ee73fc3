import { setTimeout as pause } from 'node:timers/promises';
import { cancelJob } from '@docusnap/db';
import { rssOf } from '../contender/peak-rss.ts';
import { type Answered, type Exchange, openExchange, requestBytes } from './exchange.ts';
import { makeQueuedJobs } from './jobs.ts';
import { processorMs } from './processor-time.ts';
import type { Stage } from './stage.ts';

/** Polls that are opened at a time: as many as a listening socket keeps waiting. */
const AT_ONCE = 200;
/** How long they are watched once all are held: some looks at all of them (every 2 s) fall into it. */
const WATCH_MS = 10_000;
/** A lost notification would be made up for by the next look at all jobs, 2 s later: what comes sooner came by notification. */
const WAKE_LIMIT_MS = 5_000;

export interface Held {
  /** Polls that had no answer when they had been watched. */
  readonly held: number;
  /** Bytes that the gateway then had resident, and before the first was opened. */
  readonly rss: number;
  readonly rssBefore: number;
  /** Share of a core that the gateway had while nothing happened. */
  readonly busy: number;
  /** Milliseconds from the end of a job being stored to the answer, of each poll that was woken. */
  readonly wakes: readonly number[];
}

/** Holds so many polls, each of another job, and ends some of the jobs. */
export async function holdPolls(stage: Stage, count: number, woken: number): Promise<Held> {
  const { gateway, key } = stage;
  const ids = await makeQueuedJobs(stage, count);
  const rssBefore = rssOf(gateway.pid) ?? 0;
  const headers = { authorization: `Bearer ${key}` };
  const answers = new Map<string, { at: number; answer: Answered }>();
  const errors: Error[] = [];
  const exchanges: Exchange[] = [];
  try {
    for (let at = 0; at < count; at += AT_ONCE) {
      const opened = ids.slice(at, at + AT_ONCE).map(async (id) => {
        const exchange = await openExchange(gateway.url, (error) => errors.push(error));
        exchanges.push(exchange);
        exchange.ask(requestBytes(gateway.url, `/v1/jobs/${id}?wait=60`, { headers }), (answer) =>
          answers.set(id, { at: performance.now(), answer }),
        );
      });
      await Promise.all(opened);
    }
    const [begun, spent] = [performance.now(), processorMs(gateway.pid)];
    await pause(WATCH_MS);
    const busy = (processorMs(gateway.pid) - spent) / (performance.now() - begun);
    const held = exchanges.length - answers.size - errors.length;
    const rss = rssOf(gateway.pid) ?? 0;
    const wakes: number[] = [];
    for (const id of ids.slice(0, woken)) wakes.push(await wakeBy(stage, id, answers));
    return { held, rss, rssBefore, busy, wakes };
  } finally {
    for (const exchange of exchanges) exchange.close();
  }
}

/** Ends a job, by cancelling it, and waits for the answer of who waits for that. */
async function wakeBy(
  { api, tenantId }: Stage,
  id: string,
  answers: ReadonlyMap<string, { at: number; answer: Answered }>,
): Promise<number> {
  await cancelJob(api, tenantId, id);
  const storedAt = performance.now();
  while (!answers.has(id)) {
    if (performance.now() - storedAt > WAKE_LIMIT_MS) throw new Error(`The poll of job ${id} was not woken`);
    await pause(1);
  }
  const { at, answer } = answers.get(id)!;
  if (answer.status !== 200) throw new Error(`Expected a poll that is woken to be answered 200, got ${answer.status}`);
  // Told before this process heard that it was stored.
  return Math.max(0, at - storedAt);
}
