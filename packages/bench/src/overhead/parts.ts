import type { ToldSpan } from '@docusnap/testing';
import type { Timed } from './one-job.ts';

/** Where the milliseconds of a job's overhead went, in the order in which they go; they add up to it. */
export interface Parts {
  /** What was left of the upload, and sealing the file into the store: these go hand in hand. */
  readonly 'receive and seal': number;
  readonly 'store its rows': number;
  /** The bell rung, heard by an ocr service, and the page claimed: of a picture nothing is to be opened. */
  readonly 'ring and claim': number;
  /** The page handed to a reader, its file fetched and unsealed, its text sealed and handed back. */
  readonly 'hand over and back': number;
  readonly 'save the page': number;
  /** The end told by PostgreSQL, the held poll woken, the job read and the answer taken. */
  readonly 'notify and answer': number;
}

export const PART_NAMES: readonly (keyof Parts)[] = [
  'receive and seal',
  'store its rows',
  'ring and claim',
  'hand over and back',
  'save the page',
  'notify and answer',
];

/** Undefined where a part of the job's trace is missing. */
export function partsOf(job: Timed, spans: readonly ToldSpan[]): Parts | undefined {
  const submitted = spans.find(({ name, attributes }) => name === 'submit' && attributes['docusnap.job'] === job.id);
  const ofTrace = spans.filter(({ traceId }) => traceId === submitted?.traceId);
  const named = (name: string) => ofTrace.find((span) => span.name === name);
  const [received, stored, read] = ['receive and seal', 'store rows', 'read page'].map(named);
  const saved = ofTrace.find(({ name, parentSpanId }) => name === 'store' && parentSpanId === read?.spanId);
  if (!received || !stored || !read || !saved) return undefined;
  return {
    'receive and seal': endOf(received) - job.sentAt,
    'store its rows': endOf(stored) - endOf(received),
    'ring and claim': read.beganAt - endOf(stored),
    'hand over and back': saved.beganAt - read.beganAt - job.decode - job.read,
    'save the page': saved.ms,
    'notify and answer': job.seenAt - endOf(saved),
  };
}

const endOf = ({ beganAt, ms }: ToldSpan): number => beganAt + ms;
