import type { QueueOptions as BullQueueOptions, Job, WorkerOptions } from 'bullmq';

/** What is used of BullMQ's Queue and Worker, on Redis or PostgreSQL alike. */
export interface BellQueue {
  add(name: string, data: unknown, options: BellOptions): Promise<unknown>;
  addBulk(jobs: { name: string; data: unknown; opts: BellOptions }[]): Promise<unknown>;
  getWaitingCount(): Promise<number>;
  close(): Promise<void>;
}

export interface BellWorker {
  waitUntilReady(): Promise<unknown>;
  run(): Promise<void>;
  close(): Promise<void>;
}

/** One try; nothing is kept of a bell that was heard; no id of our own, since BullMQ would swallow later rings with the same id. */
export const BELL = { attempts: 1, removeOnComplete: true, removeOnFail: true } as const;
type BellOptions = typeof BELL;

export type Processor = (job: Pick<Job, 'data'>) => Promise<void>;
export type QueueSettings = Omit<BullQueueOptions, 'connection'>;
export type WorkerSettings = Omit<WorkerOptions, 'connection'>;

/** A worker with connections of its own. `cut` drops them without waiting, for when the server does not answer. */
export interface OpenWorker {
  readonly worker: BellWorker;
  /** Closes the connections; the worker must be closed. */
  disconnect(): Promise<void>;
  cut(): void;
}

/** Where the bells are kept. */
export interface Backend {
  readonly kind: 'redis' | 'postgres';
  openBellQueue(lane: string): BellQueue;
  openWorker(lane: string, processor: Processor, settings: WorkerSettings): OpenWorker;
  ping(): Promise<void>;
  /** Closes the connections that bell queues and pings use. */
  disconnect(): Promise<void>;
}
