import { sealBytes, understandingRequestContext } from '@docusnap/blobs';
import { AppError, AskBody, type JobOptions, UnderstandingRequest } from '@docusnap/contracts';
import type { NewJob } from '@docusnap/db';
import { refuseUnanswerable } from '@docusnap/extraction';
import { explain } from '../explain.ts';
import type { Draft } from './draft.ts';

/** The fields of a request that say what is to be understood. */
export const ASK_FIELDS = ['task', 'schema', 'labels', 'form', 'library'] as const;
export type AskField = (typeof ASK_FIELDS)[number];

/**
 * What a client asks to be understood; null where it asks nothing. What could not be answered is refused here, not after the reading.
 *
 * @throws AppError `bad_request`, `invalid_options`
 */
export function readAsk(
  fields: Readonly<Partial<Record<AskField, unknown>>>,
  { require_grounding = false }: Pick<JobOptions, 'require_grounding'>,
): UnderstandingRequest | null {
  const asked = Object.fromEntries(ASK_FIELDS.flatMap((name) => (fields[name] == null ? [] : [[name, fields[name]]])));
  if (Object.keys(asked).length === 0) return null;
  const parsed = AskBody.safeParse(asked);
  if (!parsed.success) throw new AppError('bad_request', explain(parsed.error));
  const request = UnderstandingRequest.parse({ ...parsed.data, requireGrounding: require_grounding });
  refuseUnanswerable(request);
  return request;
}

/** For the rows of a job: only the job's key opens it. */
export function sealAsk(
  request: UnderstandingRequest,
  { id, dataKey }: Pick<Draft, 'id' | 'dataKey'>,
): NonNullable<NewJob['understanding']> {
  const bytes = Buffer.from(JSON.stringify(request));
  return { task: request.task, request: sealBytes(dataKey, understandingRequestContext(id), bytes) };
}
