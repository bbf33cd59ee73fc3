import { z } from 'zod';
import { ERRORS, type ErrorCode } from './errors.ts';
import { JOB_STATUSES, MEDIA_TYPES } from './job.ts';
import { SCOPES } from './key.ts';
import { LIMITS } from './limits.ts';
import { PageText } from './page-text.ts';

/**
 * The shapes of the REST API, version 1. Names are snake_case, times are RFC 3339 in UTC, durations are milliseconds unless the
 * name says otherwise. The OpenAPI document is generated from these.
 */

const Time = z.iso.datetime();
const Id = z.uuid();

export const ErrorCodeName = z.enum(Object.keys(ERRORS) as [ErrorCode, ...ErrorCode[]]);

/** RFC 9457 problem document. */
export const Problem = z
  .object({
    type: z.string(),
    title: z.string(),
    status: z.int(),
    detail: z.string(),
    code: ErrorCodeName,
    retryable: z.boolean(),
    request_id: z.string().optional(),
  })
  .meta({ id: 'Problem' });
export type Problem = z.infer<typeof Problem>;

export const FailureBody = z
  .object({ code: ErrorCodeName, message: z.string(), retryable: z.boolean() })
  .meta({ id: 'Failure' });

/** What may be asked of a job. Unknown options are refused, so that a misspelt one is noticed. */
export const JobOptionsBody = z
  .strictObject({
    priority: z.int().min(0).max(9).default(5).describe('0 to 9; higher goes first among the jobs of the same tenant.'),
  })
  .meta({ id: 'JobOptions' });

export const Metadata = z
  .record(z.string(), z.json())
  .describe(`Your own JSON object, at most ${LIMITS.metadataBytes} bytes; echoed in results and lists.`);

/** The JSON form of a submit. */
export const SubmitBody = z
  .strictObject({
    files: z
      .array(
        z.strictObject({
          name: z.string().min(1).max(255).default('file'),
          content: z.string().describe('The bytes of the file in base64, without a data: prefix.'),
        }),
      )
      .min(1)
      .max(LIMITS.filesPerJob),
    options: JobOptionsBody.optional(),
    metadata: Metadata.optional(),
  })
  .meta({ id: 'Submit' });
export type SubmitBody = z.infer<typeof SubmitBody>;

export const FileBody = z
  .object({
    index: z.int(),
    name: z.string(),
    media_type: z.enum(MEDIA_TYPES),
    bytes: z.int(),
    sha256: z.string(),
    status: z.enum(['queued', 'opened', 'failed']),
    pages: z.int().nullable(),
    error: FailureBody.nullable(),
  })
  .meta({ id: 'File' });

export const JobBody = z
  .object({
    id: Id,
    name: z.string(),
    status: z.enum(JOB_STATUSES),
    pages_total: z.int().nullable().describe('Null until every file of the job has been opened.'),
    pages_done: z.int(),
    pages_failed: z.int(),
    error: FailureBody.nullable(),
    options: JobOptionsBody,
    metadata: Metadata.nullable(),
    files: z.array(FileBody),
    created_at: Time,
    started_at: Time.nullable(),
    finished_at: Time.nullable(),
    links: z.object({ self: z.string(), events: z.string(), result: z.string() }),
  })
  .meta({ id: 'Job' });
export type JobBody = z.infer<typeof JobBody>;

export const PageBody = z
  .object({
    number: z.int().nullable().describe('From 1, over all files in order; null until every file has been opened.'),
    file_index: z.int(),
    file_frame: z.int(),
    status: z.enum(['queued', 'done', 'failed']),
    attempts: z.int(),
    error: FailureBody.nullable(),
    stages: z.record(z.string(), z.number()).nullable().describe('Milliseconds by stage.'),
    text: PageText.nullable(),
  })
  .meta({ id: 'Page' });
export type PageBody = z.infer<typeof PageBody>;

/** `GET /v1/jobs/{id}/result?format=json`. */
export const ResultBody = z.object({ job: JobBody, pages: z.array(PageBody) }).meta({ id: 'Result' });
export type ResultBody = z.infer<typeof ResultBody>;

export const JobListQuery = z.strictObject({
  status: z.enum(JOB_STATUSES).optional(),
  name: z.string().max(255).optional().describe('Only jobs whose name contains this, without regard to case.'),
  created_after: Time.optional(),
  created_before: Time.optional(),
  limit: z.coerce.number().int().min(1).max(100).default(20),
  cursor: z.string().max(200).optional(),
});
export type JobListQuery = z.infer<typeof JobListQuery>;

export const JobListBody = z
  .object({ jobs: z.array(JobBody), next_cursor: z.string().nullable() })
  .meta({ id: 'JobList' });
export type JobListBody = z.infer<typeof JobListBody>;

export const CreateKeyBody = z
  .strictObject({
    name: z.string().min(1).max(100),
    scopes: z.array(z.enum(SCOPES)).min(1).default(['read', 'write']),
    expires_at: z.iso.datetime({ offset: true }).optional(),
  })
  .meta({ id: 'CreateKey' });

export const KeyBody = z
  .object({
    id: Id,
    prefix: z.string(),
    name: z.string(),
    scopes: z.array(z.enum(SCOPES)),
    created_at: Time,
    last_used_at: Time.nullable(),
    expires_at: Time.nullable(),
    revoked_at: Time.nullable(),
  })
  .meta({ id: 'Key' });
export type KeyBody = z.infer<typeof KeyBody>;

/** The answer to a creation: the only time the key itself is shown. */
export const NewKeyBody = KeyBody.extend({ key: z.string() }).meta({ id: 'NewKey' });
export type NewKeyBody = z.infer<typeof NewKeyBody>;

export const KeyListBody = z.object({ keys: z.array(KeyBody) }).meta({ id: 'KeyList' });

/** The internal `POST /v1/read` of the ocr service. */
export const ReadBody = z.object({ page: PageText, stages: z.record(z.string(), z.number()) }).meta({ id: 'Read' });
export type ReadBody = z.infer<typeof ReadBody>;
