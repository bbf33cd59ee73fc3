import type { ToldSpan } from '@docusnap/testing';
import type { Timed } from './one-job.ts';

/** Where the milliseconds of a job's overhead went, in the order in which they go; they add up to it. */
export interface Parts {
  /** What was left of the upload, and sealing the file into the store: these go hand in hand. */
  readonly 'receive and seal': number;
  readonly 'store its rows': number;
  /** The bell rung, heard by an ocr service, and a unit claimed. */
  readonly 'ring and claim': number;
  /** The file opened, which of a picture is nothing, its page stored and claimed in one transaction. */
  readonly 'open and claim the page': number;
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
  'open and claim the page',
  'hand over and back',
  'save the page',
  'notify and answer',
];

/** Undefined where a part of the job's trace is missing. */
export function partsOf(job: Timed, spans: readonly ToldSpan[]): Parts | undefined {
  const submitted = spans.find(({ name, attributes }) => name === 'submit' && attributes['docusnap.job'] === job.id);
  const ofTrace = spans.filter(({ traceId }) => traceId === submitted?.traceId);
  const named = (name: string) => ofTrace.find((span) => span.name === name);
  const [received, stored, opened, read] = ['receive and seal', 'store rows', 'open file', 'read page'].map(named);
  const saved = ofTrace.find(({ name, parentSpanId }) => name === 'store' && parentSpanId === read?.spanId);
  if (!received || !stored || !opened || !read || !saved) return undefined;
  return {
    'receive and seal': endOf(received) - job.sentAt,
    'store its rows': endOf(stored) - endOf(received),
    'ring and claim': opened.beganAt - endOf(stored),
    'open and claim the page': read.beganAt - opened.beganAt,
    'hand over and back': saved.beganAt - read.beganAt - job.decode - job.read,
    'save the page': saved.ms,
    'notify and answer': job.seenAt - endOf(saved),
  };
}

const endOf = ({ beganAt, ms }: ToldSpan): number => beganAt + ms;
