import type { Doorbell, Lane } from '@docusnap/contracts';

/**
 * Doorbells: each says "there is work in this lane" and nothing more. A bell may be delivered late, twice or never; what is done about it is
 * decided by PostgreSQL, and the sweep rings again where bells went missing.
 */
export interface Queue {
  readonly kind: 'redis' | 'postgres';
  /**
   * Rings `count` times. Rejects with `queue_unavailable` within about a second when the queue cannot be reached, so that a caller can log
   * it and go on: the sweep rings later. (Some of the bells may have been rung by then.)
   */
  ring(lane: Lane, count: number, bell: Doorbell): Promise<void>;
  /** Bells that wait to be delivered; those being handled are not counted. Throws `queue_unavailable`. */
  countBells(lane: Lane): Promise<number>;
  /**
   * Calls `onBell` for every bell, at most `concurrency` at a time, from now until closed, through lost connections too. A bell is done when
   * the promise settles; a rejection is reported to `onError` and the bell is not delivered again.
   */
  listen(lane: Lane, concurrency: number, onBell: (bell: Doorbell) => Promise<void>): Listener;
  /** Throws `queue_unavailable` when there is no answer within a second. */
  ping(): Promise<void>;
  /** Closes what is still listening, then the connections. */
  close(): Promise<void>;
}

export interface Listener {
  /** Resolves once bells are being delivered for the first time. */
  readonly ready: Promise<void>;
  /** Takes no more bells and resolves when the handlers that run have ended. Bells not yet taken stay in the queue. */
  close(): Promise<void>;
}

export interface QueueOptions {
  /** Set: BullMQ on Redis 6.2 or newer, with `maxmemory-policy noeviction`. */
  readonly redisUrl?: string | undefined;
  /**
   * Used when there is no redisUrl: BullMQ in the schema `bullmq` of this database (see `migrateQueue`). It must be a connection to
   * PostgreSQL itself, not to a pooler in transaction mode: bells are heard by LISTEN.
   */
  readonly databaseUrl?: string | undefined;
  /** Put before all keys in Redis; `docusnap` unless given. PostgreSQL has a schema instead. */
  readonly prefix?: string | undefined;
  /**
   * Told of failed handlers, and of lost connections: those at most once in ten seconds for the same words, since each retry fails
   * again. Nothing needs to be done about them but to log them.
   */
  readonly onError: (error: unknown) => void;
}
