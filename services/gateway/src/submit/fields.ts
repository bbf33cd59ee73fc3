import {
  AppError,
  type JobOptions,
  JobOptionsBody,
  LIMITS,
  SubmitBody,
  TermsBody,
  type UnderstandingRequest,
} from '@docusnap/contracts';
import type { z } from 'zod';
import { explain } from '../explain.ts';
import { parseJson } from '../json-body.ts';
import { ASK_FIELDS, type AskField, readAsk } from './ask.ts';

/** What a client said about a job, beside its files. */
export interface JobFields {
  readonly options: JobOptions;
  readonly metadata: Readonly<Record<string, unknown>> | null;
  /** Whether each file becomes a job of its own. */
  readonly split: boolean;
  /** What is to be understood; null where nothing is. */
  readonly ask: UnderstandingRequest | null;
  readonly terms: SentTerms;
  /** Of a request that makes a batch. */
  readonly newBatch?: { readonly name: string | null };
  /** What is said of single documents, by the place of their files; else what is said of all holds. */
  readonly ofDocuments?: readonly Partial<Pick<JobFields, 'options' | 'metadata'>>[];
}

/** The terms as the client asks for them. */
export interface SentTerms {
  readonly batch?: string | undefined;
  readonly deadline?: Date | undefined;
  readonly retentionSeconds?: number | undefined;
  readonly webhook?: TermsBody['webhook'];
}

/** The fields of a submit beside its files, as parsed JSON; undefined where the client sent none. */
export type SentFields = Readonly<Partial<Record<'options' | 'metadata' | TermField | AskField, unknown>>>;

const TERM_FIELDS = ['batch', 'deadline', 'retention_seconds', 'webhook'] as const;
type TermField = (typeof TERM_FIELDS)[number];

/** What a request is made of: which fields it may have, and what they say. */
export interface FieldReader {
  readonly names: readonly string[];
  /** Of the JSON form. */
  readonly files: z.ZodType<readonly SentFile[]>;
  /** `ofFiles`: what the JSON form says of each file. */
  read(sent: Readonly<Record<string, unknown>>, ofFiles: readonly SentFile[]): JobFields;
}

export interface SentFile {
  readonly name?: string | undefined;
  readonly content?: string | undefined;
  readonly url?: string | undefined;
  readonly options?: unknown;
  readonly metadata?: unknown;
}

export const JOB_FIELDS: FieldReader = {
  names: ['options', 'metadata', ...TERM_FIELDS, ...ASK_FIELDS],
  files: SubmitBody.shape.files,
  read: (sent) => readFields(sent),
};

/** Throws `invalid_options`, `bad_request`, `metadata_too_large`. */
export function readFields({ options, metadata, ...rest }: SentFields): JobFields {
  const parsed = JobOptionsBody.safeParse(options ?? {});
  if (!parsed.success) throw new AppError('invalid_options', explain(parsed.error));
  // Said of the request, not of its jobs: it is not kept with them.
  const { split = false, ...ofEach } = parsed.data;
  return {
    options: ofEach,
    metadata: readMetadata(metadata),
    split,
    ask: readAsk(rest, ofEach),
    terms: readTerms(rest),
  };
}

/** The longest time that a deadline may lie ahead, in milliseconds: further ones are slips of the pen. */
const MOST_AHEAD_MS = LIMITS.retentionSeconds * 1_000;

function readTerms(sent: SentFields): SentTerms {
  const given = Object.fromEntries(TERM_FIELDS.flatMap((name) => (sent[name] == null ? [] : [[name, sent[name]]])));
  const parsed = TermsBody.safeParse(given);
  if (!parsed.success) throw new AppError('bad_request', explain(parsed.error));
  const { batch, deadline, retention_seconds: retentionSeconds, webhook } = parsed.data;
  return {
    ...(batch !== undefined && { batch: batch.toLowerCase() }),
    ...(deadline !== undefined && { deadline: readDeadline(deadline) }),
    ...(retentionSeconds !== undefined && { retentionSeconds }),
    ...(webhook !== undefined && { webhook }),
  };
}

function readDeadline(text: string): Date {
  const deadline = new Date(text);
  const ahead = deadline.getTime() - Date.now();
  if (!(ahead <= MOST_AHEAD_MS)) throw new AppError('bad_request', 'deadline: lies more than ten years ahead.');
  return deadline;
}

/** Fields of a form that may stand there as they are, without quotation marks. */
const PLAIN: ReadonlySet<string> = new Set(['task', 'batch', 'deadline']);

/** A field of a multipart form that holds JSON, or one word, or a name. Throws `malformed_json`. */
export function parseField(name: string, text: string): unknown {
  if (PLAIN.has(name) && /^\s*\w[\w:.+-]*\s*$/.test(text)) return text.trim();
  // Any text that is not in quotation marks; curl takes those off.
  if (name === 'name' && !/^\s*(["{[]|null\s*$)/.test(text)) return text.trim();
  try {
    return parseJson(text);
  } catch (cause) {
    if (cause instanceof AppError) throw cause;
    throw new AppError('malformed_json', `The field "${name}" is not JSON.`, { cause });
  }
}

export function readMetadata(value: unknown): Readonly<Record<string, unknown>> | null {
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
