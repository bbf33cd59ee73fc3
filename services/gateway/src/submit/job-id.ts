import { randomUUIDv7 } from 'node:crypto';

/** A new job's id: a UUID version 7, whose beginning is the time, so that new rows lie side by side in the index. */
export function newJobId(): string {
  return randomUUIDv7();
}
