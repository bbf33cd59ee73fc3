import type { Server } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import type { Listener } from '@docusnap/queue';
import type { Readers } from './readers/pool.ts';

/** Where work comes from and what it is in hand of. */
export interface InHand {
  readonly listener: Listener;
  readonly servers: readonly Server[];
  readonly readers: Readers;
  /** Aborted when time is up. */
  readonly graceOver: AbortController;
  readonly graceMs: number;
}

/** Takes nothing new, gives what is in hand its time to end, and has the rest handed back by ending its readers. */
export async function finishInHand({ listener, servers, readers, graceOver, graceMs }: InHand): Promise<void> {
  const closed = Promise.all(servers.map((server) => new Promise<void>((resolve) => server.close(() => resolve()))));
  const ended = Promise.all([listener.close(), closed]);
  const timer = new AbortController();
  const late = delay(graceMs, true, { signal: timer.signal }).catch(() => false);
  const isLate = await Promise.race([ended.then(() => false), late]);
  timer.abort();
  if (!isLate) return;
  graceOver.abort();
  await readers.close();
  for (const server of servers) server.closeAllConnections();
  await ended;
}
