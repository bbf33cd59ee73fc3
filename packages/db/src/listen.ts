import pg from 'pg';
import { toDatabaseError } from './errors.ts';
import type { JobVersion } from './jobs.ts';

/** What changed of which job; and ids of jobs that were stopped or erased before they had ended. */
const CHANGES = 'docusnap_jobs';
const STOPPED = 'docusnap_stopped';
const CONNECT_MS = 5_000;
/** Waits between attempts to reconnect; the last one repeats. */
const RECONNECT_MS = [50, 200, 500, 1_000, 2_000];
/** A connection that broke without a word is noticed by a question that gets no answer. */
const CHECK_MS = 10_000;
const ANSWER_MS = 2_000;

/** Told the id of a job that changed, and what it has come to; nothing of it when it was erased. */
export type OnJob = (jobId: string, now?: JobVersion) => void;

export interface JobListener {
  close(): Promise<void>;
}

export interface ListenOptions {
  /** Called when listening again after a break: changes may have been missed meanwhile. */
  readonly onReconnect: () => void;
  /** Told of each broken connection and each attempt that failed. */
  readonly onError?: (error: Error) => void;
  /** Milliseconds between questions whether the connection still lives; 10,000 unless told. */
  readonly checkMs?: number;
}

/**
 * Calls `onJob` for each job whose version changed, from a connection of its own that comes back by itself. Needs a URL that
 * reaches PostgreSQL directly: pgBouncer in transaction mode passes no notifications. Throws `database_unavailable` when the
 * first connection fails.
 */
export function listenForJobs(directUrl: string, onJob: OnJob, options: ListenOptions): Promise<JobListener> {
  return listenOn(CHANGES, directUrl, onJob, options);
}

/** The same for jobs that were cancelled, expired or erased while they ran: work on them is in vain. */
export function listenForStopped(
  directUrl: string,
  onJob: (jobId: string) => void,
  options: ListenOptions,
): Promise<JobListener> {
  return listenOn(STOPPED, directUrl, onJob, options);
}

async function listenOn(
  channel: string,
  directUrl: string,
  onJob: OnJob,
  options: ListenOptions,
): Promise<JobListener> {
  let closed = false;
  let timer: NodeJS.Timeout | undefined;
  let current = await connect(channel, directUrl, onJob).catch((error: unknown) => {
    throw toDatabaseError(error);
  });
  watch(current);

  /** Reconnects as soon as this connection turns out to be broken. */
  function watch(client: pg.Client): void {
    let lost = false;
    const lose = (error: Error) => {
      if (closed || lost) return;
      lost = true;
      clearTimeout(timer);
      options.onError?.(error);
      void client.end().catch(() => undefined); // Half-open ones are still there; broken ones say so, which is no news.
      reconnect(0);
    };
    client.on('error', lose);
    client.on('end', () => lose(new Error('The listening connection ended.')));
    const check = () => {
      timer = setTimeout(() => void client.query('SELECT 1').then(check, lose), options.checkMs ?? CHECK_MS);
      timer.unref();
    };
    check();
  }

  function reconnect(attempt: number): void {
    const wait = RECONNECT_MS[Math.min(attempt, RECONNECT_MS.length - 1)];
    timer = setTimeout(() => {
      connect(channel, directUrl, onJob).then(
        (client) => {
          if (closed) return client.end();
          current = client;
          watch(client);
          options.onReconnect();
        },
        (error: Error) => {
          if (closed) return;
          options.onError?.(error);
          reconnect(attempt + 1);
        },
      );
    }, wait);
  }

  return {
    async close() {
      closed = true;
      clearTimeout(timer);
      await current.end();
    },
  };
}

async function connect(channel: string, url: string, onJob: OnJob): Promise<pg.Client> {
  const client = new pg.Client({
    connectionString: url,
    application_name: 'docusnap listen',
    connectionTimeoutMillis: CONNECT_MS,
    query_timeout: ANSWER_MS,
    keepAlive: true,
  });
  // What breaks while connecting is thrown below; this only keeps the event from ending the process.
  client.on('error', () => undefined);
  client.on('notification', ({ payload }) => {
    if (payload !== undefined) tell(onJob, payload);
  });
  try {
    await client.connect();
    await client.query(`LISTEN ${channel}`);
    return client;
  } catch (error) {
    await client.end().catch(() => undefined); // It never worked; the first error says why.
    throw error;
  }
}

/** A payload is `id version ended`, or the id alone when the job was erased. */
function tell(onJob: OnJob, payload: string): void {
  const [jobId = '', version, ended] = payload.split(' ');
  if (version === undefined) onJob(jobId);
  else onJob(jobId, { version: Number(version), ended: ended === 't' });
}
