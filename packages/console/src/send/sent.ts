import type { Ask, SendOptions } from './send-files.ts';

/** What was sent for a job by this page: the server does not give files back, and some have to be sent once more with a password. */
export interface Sent {
  readonly files: readonly File[];
  readonly options: SendOptions;
  readonly ask: Ask | undefined;
  readonly room: 'read' | 'understand';
}

/** The last one only: files are large, and it is what one is looking at. */
let last: { readonly jobId: string; readonly sent: Sent } | null = null;

export function keepSent(jobId: string, sent: Sent): void {
  last = { jobId, sent };
}

export function sentFor(jobId: string): Sent | null {
  return last?.jobId === jobId ? last.sent : null;
}
