import { setTimeout as pause } from 'node:timers/promises';
import type { JobBody } from '@docusnap/contracts';
import { type Answer, ask, type Caller, formOf, keptConnections } from '../stack/call.ts';
import { followEvents } from './events.ts';

export interface File {
  readonly name: string;
  readonly bytes: Buffer;
}

export interface Files {
  /** Of one page. */
  readonly short: File;
  /** Of many, so that its job runs for some seconds. */
  readonly long: File;
}

export interface Counts {
  submits: number;
  polls: number;
  /** Polls that were held for a second and longer. */
  held: number;
  streams: number;
  /** Streams that ended before their job did and were taken up again. */
  resumed: number;
  listings: number;
  results: number;
  erasures: number;
}

export interface Load {
  readonly counts: Readonly<Counts>;
  /** Requests that were not answered as they should be, one sentence each. */
  readonly failures: readonly string[];
  /** Lets every client end what it does. */
  stop(): Promise<void>;
}

/** So many clients of each kind, each with a connection that it keeps. */
const CLIENTS = { submitting: 4, polling: 4, streaming: 4, listing: 2 } as const;
const LISTING_EVERY_MS = 25;
const HELD_MS = 1_000;

interface Client {
  readonly caller: Caller;
  readonly files: Files;
  readonly counts: Counts;
  /** One request that has to be answered so. */
  request(
    method: string,
    path: string,
    statuses: readonly number[],
    form?: ReturnType<typeof formOf>,
  ): Promise<Answer | null>;
  fail(sentence: string): void;
}

/** Has clients of all kinds work until they are stopped. */
export function startLoad(caller: Caller, files: Files): Load {
  const counts: Counts = {
    submits: 0,
    polls: 0,
    held: 0,
    streams: 0,
    resumed: 0,
    listings: 0,
    results: 0,
    erasures: 0,
  };
  const failures: string[] = [];
  let wanted = true;
  const work = async (once: (client: Client) => Promise<void>): Promise<void> => {
    const agent = keptConnections({ maxSockets: 1 });
    const client = clientOf({ ...caller, agent }, files, counts, failures);
    while (wanted) await once(client);
    agent.destroy();
  };
  const working = [
    ...Array.from({ length: CLIENTS.submitting }, () => work(submitAndErase)),
    ...Array.from({ length: CLIENTS.polling }, () => work(pollLong)),
    ...Array.from({ length: CLIENTS.streaming }, () => work(streamLong)),
    ...Array.from({ length: CLIENTS.listing }, () => work(list)),
  ];
  return {
    counts,
    failures,
    async stop() {
      wanted = false;
      await Promise.all(working);
    },
  };
}

function clientOf(caller: Caller, files: Files, counts: Counts, failures: string[]): Client {
  const fail = (sentence: string): void => void failures.push(`${new Date().toISOString()} ${sentence}`);
  return {
    caller,
    files,
    counts,
    fail,
    async request(method, path, statuses, form) {
      try {
        const answer = await ask(caller, method, path, form);
        if (statuses.includes(answer.status)) return answer;
        fail(`${method} ${path}: ${answer.status} ${answer.body.slice(0, 200)}`);
      } catch (error) {
        fail(`${method} ${path}: ${error instanceof Error ? error.message : error}`);
      }
      return null;
    },
  };
}

async function submit(client: Client, { name, bytes }: File): Promise<JobBody | null> {
  const form = formOf(name, bytes, { options: '{"cache":false}' });
  const answer = await client.request('POST', '/v1/jobs', [202], form);
  client.counts.submits += 1;
  return answer && (JSON.parse(answer.body) as JobBody);
}

async function pollUntilEnd(client: Client, id: string): Promise<JobBody | null> {
  for (;;) {
    const began = performance.now();
    const answer = await client.request('GET', `/v1/jobs/${id}?wait=60`, [200]);
    client.counts.polls += 1;
    if (performance.now() - began >= HELD_MS) client.counts.held += 1;
    if (!answer) return null;
    const job = JSON.parse(answer.body) as JobBody;
    if (job.finished_at !== null) return job;
  }
}

async function submitAndErase(client: Client): Promise<void> {
  const job = await submit(client, client.files.short);
  if (!job) return;
  const ended = await pollUntilEnd(client, job.id);
  if (ended && ended.status !== 'completed') client.fail(`job ${job.id} ended as ${ended.status}`);
  if (await client.request('GET', `/v1/jobs/${job.id}/result?format=text`, [200])) client.counts.results += 1;
  if (await client.request('DELETE', `/v1/jobs/${job.id}`, [204])) client.counts.erasures += 1;
}

async function pollLong(client: Client): Promise<void> {
  const job = await submit(client, client.files.long);
  const ended = job && (await pollUntilEnd(client, job.id));
  if (ended && ended.status !== 'completed') client.fail(`job ${ended.id} ended as ${ended.status}`);
}

async function streamLong(client: Client): Promise<void> {
  const job = await submit(client, client.files.long);
  if (!job) return;
  const seen = await followEvents(client.caller, job.id);
  client.counts.streams += 1;
  client.counts.resumed += seen.connections - 1;
  for (const failure of seen.failures) client.fail(`GET /v1/jobs/${job.id}/events: ${failure}`);
  if (seen.failures.length === 0 && seen.pages !== seen.pagesTotal) {
    client.fail(`the events of job ${job.id} told of ${seen.pages} of ${seen.pagesTotal} pages`);
  }
}

async function list(client: Client): Promise<void> {
  await client.request('GET', '/v1/jobs?limit=5', [200]);
  client.counts.listings += 1;
  await pause(LISTING_EVERY_MS);
}
