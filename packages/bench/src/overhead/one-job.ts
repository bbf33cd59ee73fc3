import { readFileSync } from 'node:fs';
import { type Client, getPage, submit, waitForEnd } from '../client.ts';

export const SAMPLE = readFileSync(new URL('../../../../deploy/embedded/sample/invoice.jpg', import.meta.url));

/** One job of the sample, from the last byte of its upload to `completed` seen by a client that holds a poll. */
export interface Timed {
  readonly id: string;
  /** Milliseconds since 1970. */
  readonly sentAt: number;
  readonly seenAt: number;
  readonly decode: number;
  readonly read: number;
}

export async function timeJob(client: Client): Promise<Timed> {
  const { job, sentAt } = await submit(client, 'invoice.jpg', SAMPLE, { cache: false });
  const ended = await waitForEnd(client, job.id);
  const seenAt = performance.now();
  if (ended.status !== 'completed')
    throw new Error(`Job ${job.id} ended ${ended.status}: ${JSON.stringify(ended.error)}`);
  const { stages } = await getPage(client, job.id, 1);
  const { decode, read } = stages ?? {};
  if (decode === undefined || read === undefined) throw new Error(`Job ${job.id} does not say how long its page took`);
  const origin = performance.timeOrigin;
  return { id: job.id, sentAt: origin + sentAt, seenAt: origin + seenAt, decode, read };
}

/** What the service added: all of the time but decoding and readPage. */
export const overheadOf = ({ sentAt, seenAt, decode, read }: Timed): number => seenAt - sentAt - decode - read;
