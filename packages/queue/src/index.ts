export { migrateQueue } from './migrate.ts';
export { openQueue } from './open.ts';
export type { Listener, Queue, QueueOptions } from './queue.ts';
