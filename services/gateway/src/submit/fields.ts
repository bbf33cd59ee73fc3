import { AppError, type JobOptions, JobOptionsBody, LIMITS, type UnderstandingRequest } from '@docusnap/contracts';
import { explain } from '../explain.ts';
import { type AskField, readAsk } from './ask.ts';

/** What a client said about a job, beside its files. */
export interface JobFields {
  readonly options: JobOptions;
  readonly metadata: Readonly<Record<string, unknown>> | null;
  /** Whether each file becomes a job of its own. */
  readonly split: boolean;
  /** What is to be understood; null where nothing is. */
  readonly ask: UnderstandingRequest | null;
}

/** The fields of a submit beside its files, as parsed JSON; undefined where the client sent none. */
export type SentFields = Readonly<Partial<Record<'options' | 'metadata' | AskField, unknown>>>;

/** Throws `invalid_options`, `bad_request`, `metadata_too_large`. */
export function readFields({ options, metadata, ...ask }: SentFields): JobFields {
  const parsed = JobOptionsBody.safeParse(options ?? {});
  if (!parsed.success) throw new AppError('invalid_options', explain(parsed.error));
  // Said of the request, not of its jobs: it is not kept with them.
  const { split = false, ...ofEach } = parsed.data;
  return { options: ofEach, metadata: readMetadata(metadata), split, ask: readAsk(ask, ofEach) };
}

/** A field of a multipart form that holds JSON; a task may stand there as it is. Throws `malformed_json`. */
export function parseField(name: string, text: string): unknown {
  if (name === 'task' && /^\s*\w+\s*$/.test(text)) return text.trim();
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new AppError('malformed_json', `The field "${name}" is not JSON.`, { cause });
  }
}

function readMetadata(value: unknown): Readonly<Record<string, unknown>> | null {
  if (value === undefined || value === null) return null;
  if (typeof value !== 'object' || Array.isArray(value))
    throw new AppError('bad_request', 'metadata is not a JSON object.');
  const text = compact(value);
  if (Buffer.byteLength(text) > LIMITS.metadataBytes) throw new AppError('metadata_too_large');
  // PostgreSQL's jsonb takes neither the character U+0000 nor half a surrogate pair; JSON.stringify writes both as escapes.
  if (/(?<!\\)(?:\\\\)*\\u(?:0000|d[89a-f])/.test(text)) {
    throw new AppError(
      'bad_request',
      'metadata holds a character that cannot be stored: U+0000 or half a surrogate pair.',
    );
  }
  return value as Record<string, unknown>;
}

function compact(value: object): string {
  try {
    return JSON.stringify(value);
  } catch (cause) {
    // The value was JSON a moment ago: only its depth can be what overflows the stack.
    throw new AppError('bad_request', 'metadata is nested too deeply.', { cause });
  }
}

const LONGEST_NAME = 255;

/** A file's name as it is stored: something, at most 255 characters, without control characters (PostgreSQL takes no U+0000). */
export function fileName(name: string | undefined): string {
  const clean = (name ?? '')
    .toWellFormed()
    .replace(/\p{Cc}/gu, '')
    .slice(0, LONGEST_NAME)
    .toWellFormed();
  return clean === '' ? 'file' : clean;
}
