import { z } from 'zod';
import { ERRORS, type ErrorCode } from './errors.ts';
import { JOB_STATUSES, MEDIA_TYPES, PDF_TEXT, READ_SETTINGS } from './job.ts';
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

/** Name of a set of models: lower-case letters, digits, dots and hyphens, as in the ocr service's catalogue. */
export const ModelSetName = z
  .string()
  .max(64)
  .regex(/^[a-z0-9][a-z0-9.-]*$/, 'is not the name of a set of models');

const RANGE = /^ *(\d{1,5})(?: *- *(\d{1,5}))? *$/;

/** Pages as a person would write them; each range begins at 1 or later and does not run backwards. */
export const PageSelection = z
  .string()
  .refine((text) => text.split(',').length <= LIMITS.pageRanges, `has more than ${LIMITS.pageRanges} ranges`)
  .refine((text) => text.split(',').every(isRange), 'is not a selection of pages such as "1-3,7"');

function isRange(part: string): boolean {
  const [, first, last = first] = RANGE.exec(part) ?? [];
  return first !== undefined && Number(first) >= 1 && Number(first) <= Number(last);
}

/** What may be asked of a job. Unknown options are refused, so that a misspelt one is noticed. */
export const JobOptionsBody = z
  .strictObject({
    priority: z.int().min(0).max(9).default(5).describe('0 to 9; higher goes first among the jobs of the same tenant.'),
    model: ModelSetName.optional().describe(
      'Models to read with, of those that are loaded; the default ones unless given.',
    ),
    setting: z
      .enum(READ_SETTINGS)
      .optional()
      .describe('accurate: fewest errors, the default; fast: less time on each page, more errors in small print.'),
    pages: PageSelection.optional().describe(
      'Pages to read, "1-3,7", counted from 1 over all files in order, of which one that cannot be opened counts none; all unless given.',
    ),
    password: z
      .string()
      .min(1)
      .max(LIMITS.passwordCharacters)
      .optional()
      .describe('Opens encrypted PDFs of this job. It is kept sealed and never shown.'),
    pdf: z
      .strictObject({
        text: z
          .enum(PDF_TEXT)
          .default('auto')
          .describe('auto: the text layer where it is good, else the pixels; never: the pixels; only: the text layer.'),
      })
      .optional(),
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

/** The formats of a result, and of a page. */
export const RESULT_FORMATS = ['json', 'text', 'markdown', 'hocr', 'alto', 'tsv', 'pdf'] as const;
export type ResultFormat = (typeof RESULT_FORMATS)[number];

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
