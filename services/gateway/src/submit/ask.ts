import { sealBytes, understandingRequestContext } from '@docusnap/blobs';
import { AppError, AskBody, type JobOptions, LIMITS, type UnderstandingRequest } from '@docusnap/contracts';
import type { NewJob } from '@docusnap/db';
import { refuseUnanswerable } from '@docusnap/extraction';
import type { z } from 'zod';
import { explain } from '../explain.ts';
import type { Draft } from './draft.ts';

/** The fields of a request that say what is to be understood. */
export const ASK_FIELDS = ['task', 'schema', 'labels', 'form', 'library'] as const;
export type AskField = (typeof ASK_FIELDS)[number];

/**
 * What a client asks to be understood; null where it asks nothing. What could not be answered is refused here, not after the reading.
 *
 * @throws AppError `bad_request`, `body_too_large`, `invalid_options`
 */
export function readAsk(
  fields: Readonly<Partial<Record<AskField, unknown>>>,
  { require_grounding = false, vision = false }: Pick<JobOptions, 'require_grounding' | 'vision'>,
): UnderstandingRequest | null {
  const asked = Object.fromEntries(ASK_FIELDS.flatMap((name) => (fields[name] == null ? [] : [[name, fields[name]]])));
  if (Object.keys(asked).length === 0) return null;
  // The validator would list its choices, as if a wrong one had been made.
  if (asked.task === undefined) throw new AppError('bad_request', 'task: is missing');
  const request = { ...parseDeep(AskBody, asked), requireGrounding: require_grounding, vision };
  const bytes = askBytes(request);
  if (bytes > LIMITS.askBytes) {
    throw new AppError(
      'body_too_large',
      `What is to be understood has ${bytes} bytes; the limit is ${LIMITS.askBytes}.`,
    );
  }
  refuseUnanswerable(request);
  return request;
}

/** Bytes of what is asked, as it is stored. */
export function askBytes(request: UnderstandingRequest): number {
  return Buffer.byteLength(JSON.stringify(request));
}

/**
 * A body of JSON by its schema, however deep it is nested: validators call themselves for each level.
 *
 * @throws AppError `bad_request`
 */
export function parseDeep<T extends z.ZodType>(schema: T, body: unknown): z.output<T> {
  try {
    const parsed = schema.safeParse(body);
    if (parsed.success) return parsed.data;
    throw new AppError('bad_request', explain(parsed.error));
  } catch (cause) {
    if (!(cause instanceof RangeError)) throw cause;
    throw new AppError('bad_request', 'The JSON is nested too deeply.', { cause });
  }
}

/** For the rows of a job: only the job's key opens it. */
export function sealAsk(
  request: UnderstandingRequest,
  { id, dataKey }: Pick<Draft, 'id' | 'dataKey'>,
): NonNullable<NewJob['understanding']> {
  const bytes = Buffer.from(JSON.stringify(request));
  return { task: request.task, request: sealBytes(dataKey, understandingRequestContext(id), bytes) };
}
