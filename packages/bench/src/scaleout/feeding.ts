import { Agent } from 'node:http';
import { setTimeout as pause } from 'node:timers/promises';
import { makeTiff, seededRandom } from '@docusnap/testing';
import { type Client, submit, waitForEnd } from '../client.ts';
import type { Installation } from './installation.ts';
import type { PagesLog } from './pages-log.ts';

/** Pages so small that what is measured is what lies around the reading of them. */
const SIDE = 16;
export const PAGES_A_JOB = 20;
const LOOK_MS = 50;
/** A page that is recalled would take no reader's time. */
const AS_MEASURED = { cache: false };

/** A document of so many pages, no two alike. */
export function drawDocument(pages: number, seed: number): Buffer {
  const random = seededRandom(seed);
  const pixels = () => Uint8Array.from({ length: SIDE * SIDE }, () => Math.floor(random() * 256));
  return makeTiff(Array.from({ length: pages }, () => ({ width: SIDE, height: SIDE, pixels: pixels() })));
}

/** Keeps as many pages waiting as it is told, through all gateways in turn, and holds a poll for each job, as its caller would. */
export interface Feeding {
  /** Resolves once so many pages wait. */
  keep(waiting: number): Promise<void>;
  /** Submits no more, and waits until all jobs have ended. */
  drain(): Promise<void>;
  close(): void;
}

export function startFeeding(installation: Installation, log: PagesLog): Feeding {
  const clients = new Map<string, Client>();
  const polls = new Set<Promise<unknown>>();
  const closing = new AbortController();
  const failures: unknown[] = [];
  let wanted = 0;
  const before = log.count();
  let submitted = 0;
  let jobs = 0;

  const clientOf = (url: string): Client => {
    const client = clients.get(url) ?? { url, key: installation.key, agent: new Agent({ keepAlive: true }) };
    clients.set(url, client);
    return client;
  };
  const waiting = (): number => submitted - (log.count() - before);

  async function submitOne(): Promise<void> {
    const gateway = installation.gateways[jobs % installation.gateways.length]!;
    jobs += 1;
    const client = clientOf(gateway.url);
    const { job } = await submit(client, `document-${jobs}.tiff`, drawDocument(PAGES_A_JOB, jobs), AS_MEASURED);
    submitted += PAGES_A_JOB;
    const poll = waitForEnd(client, job.id)
      .catch((error: unknown) => closing.signal.aborted || failures.push(error))
      .finally(() => polls.delete(poll));
    polls.add(poll);
  }

  async function feed(): Promise<void> {
    while (!closing.signal.aborted) {
      if (waiting() < wanted) await submitOne();
      else await pause(LOOK_MS, undefined, { signal: closing.signal }).catch(() => undefined);
    }
  }
  const feeding = feed().catch((error: unknown) => failures.push(error));

  const check = (): void => {
    if (failures.length > 0) throw failures[0];
  };
  return {
    async keep(pages) {
      wanted = pages;
      for (; waiting() < wanted; check()) await pause(LOOK_MS);
    },
    async drain() {
      wanted = 0;
      while (polls.size > 0) await Promise.race([Promise.all(polls), pause(LOOK_MS)]);
      check();
    },
    close() {
      closing.abort();
      for (const { agent } of clients.values()) agent.destroy();
      void feeding;
    },
  };
}
