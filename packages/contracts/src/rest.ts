import { z } from 'zod';
import { ERRORS, type ErrorCode } from './errors.ts';
import { JOB_STATUSES, MEDIA_TYPES, PAGE_STATUSES, PDF_TEXT, READ_SETTINGS, UNDERSTANDING_STATUSES } from './job.ts';
import { LIMITS, PROGRESS } from './limits.ts';
import { PageText } from './page-text.ts';
import { AskBody, TASKS, Understanding } from './understanding.ts';

/**
 * The shapes of the REST API, version 1. Names are snake_case, times are RFC 3339 in UTC, durations are milliseconds unless the
 * name says otherwise. The OpenAPI document is generated from these.
 */

/** RFC 3339, in UTC. */
export const Time = z.iso.datetime();
export const Id = z.uuid();

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
    split: z
      .boolean()
      .optional()
      .describe('true: each file becomes a job of its own, in order, all or none; the answer then is {"jobs": [...]}.'),
    barcodes: z
      .boolean()
      .optional()
      .describe('Reads barcodes and QR codes too, into `barcodes` of each page: a quarter of a second more a page.'),
    pdf: z
      .strictObject({
        text: z
          .enum(PDF_TEXT)
          .default('auto')
          .describe('auto: the text layer where it is good, else the pixels; never: the pixels; only: the text layer.'),
      })
      .optional(),
    require_grounding: z
      .boolean()
      .optional()
      .describe('true: values that no page proves are left out of what is understood, not only marked.'),
    vision: z
      .boolean()
      .optional()
      .describe(
        `true: a language model that takes pictures is shown the first ${LIMITS.shownPages} pages beside their text; \`pictures\` of what was understood says how many.`,
      ),
    cache: z
      .boolean()
      .optional()
      .describe(
        'false: every page is read anew, and none of this job is taken for a later one. Else a page of the same pixels, models and options that you had read before is not read again.',
      ),
  })
  .meta({ id: 'JobOptions' });

export const Metadata = z
  .record(z.string(), z.json())
  .describe(`Your own JSON object, at most ${LIMITS.metadataBytes} bytes; echoed in results and lists.`);

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

export const ProgressBody = z
  .object({
    pages_read: z.int().describe('The same as pages_done.'),
    pages_total: z.int().nullable(),
    position: z
      .int()
      .nullable()
      .describe(
        `Units of work that go before the next one of this job, counted no further than ${PROGRESS.mostAhead}; 0 while one of it is in hand. Null for ended jobs, and in lists and results.`,
      ),
    eta_seconds: z
      .int()
      .nullable()
      .describe(
        'Estimate, from the rate at which pages are read just now, of the seconds until the job ends. Null where position is, and where it is not known.',
      ),
  })
  .meta({ id: 'Progress' });

export const JobBody = z
  .object({
    id: Id,
    name: z.string(),
    status: z.enum(JOB_STATUSES),
    pages_total: z.int().nullable().describe('Null until every file of the job has been opened.'),
    pages_done: z.int(),
    pages_failed: z.int(),
    progress: ProgressBody.describe('Position and estimate change without a new ETag.'),
    error: FailureBody.nullable(),
    options: JobOptionsBody,
    metadata: Metadata.nullable(),
    files: z.array(FileBody),
    task: z.enum(TASKS).nullable().describe('What is asked to be understood.'),
    extraction: z
      .object({ status: z.enum(UNDERSTANDING_STATUSES), error: FailureBody.nullable() })
      .nullable()
      .describe('waiting: for the pages; queued: being understood, or about to be. Null where nothing is asked.'),
    created_at: Time,
    started_at: Time.nullable(),
    finished_at: Time.nullable(),
    batch_id: Id.nullable(),
    deadline: Time.nullable().describe('What of it is not done by then is given up.'),
    expires_at: Time.nullable().describe('When it is erased; null until that is known.'),
    links: z.object({ self: z.string(), events: z.string(), pages: z.string(), result: z.string() }),
  })
  .meta({ id: 'Job' });
export type JobBody = z.infer<typeof JobBody>;

export const PageBody = z
  .object({
    number: z
      .int()
      .nullable()
      .describe('From 1, over all files in order; null while a file before it waits to be opened. It never changes.'),
    file_index: z.int(),
    file_frame: z.int(),
    status: z.enum(PAGE_STATUSES),
    attempts: z.int(),
    error: FailureBody.nullable(),
    milliseconds: z
      .number()
      .nullable()
      .describe('Time of the attempt that ended the page, from handing it to a reader to its answer.'),
    stages: z.record(z.string(), z.number()).nullable().describe('Milliseconds by stage.'),
    cached: z.boolean().describe('Whether the text was taken from an equal page that was read before.'),
    text: PageText.nullable(),
  })
  .meta({ id: 'Page' });
export type PageBody = z.infer<typeof PageBody>;

/** A page as lists show it. */
export const PageEntryBody = PageBody.omit({ text: true }).meta({ id: 'PageEntry' });
export type PageEntryBody = z.infer<typeof PageEntryBody>;

export const PageListQuery = z.strictObject({
  status: z.enum(PAGE_STATUSES).optional(),
  limit: z.coerce.number().int().min(1).max(1_000).default(100),
  cursor: z.string().max(200).optional(),
});
export type PageListQuery = z.infer<typeof PageListQuery>;

/** `GET /v1/jobs/{id}/pages`. */
export const PageListBody = z
  .object({
    status: z.enum(JOB_STATUSES).describe('Of the job.'),
    pages_total: z.int().nullable(),
    pages_done: z.int(),
    pages_failed: z.int(),
    pages: z.array(PageEntryBody),
    next_cursor: z.string().nullable(),
  })
  .meta({ id: 'PageList' });
export type PageListBody = z.infer<typeof PageListBody>;

/** The formats of a result, and of a page. */
export const RESULT_FORMATS = ['json', 'text', 'markdown', 'hocr', 'alto', 'tsv', 'pdf'] as const;
export type ResultFormat = (typeof RESULT_FORMATS)[number];

/** `POST /v1/jobs/{id}/extractions`. */
export const ExtractionBody = AskBody.extend({
  options: JobOptionsBody.pick({ require_grounding: true, vision: true }).optional(),
}).meta({
  id: 'Extraction',
});

/** `GET /v1/jobs/{id}/extractions`. */
export const UnderstoodBody = z
  .object({
    task: z.enum(TASKS).nullable().describe('What was asked; null where nothing was.'),
    status: z.enum(UNDERSTANDING_STATUSES).nullable(),
    error: FailureBody.nullable(),
    extraction: Understanding.nullable().describe(
      'What was understood; null while that is not done, and where it failed.',
    ),
  })
  .meta({ id: 'Understood' });
export type UnderstoodBody = z.infer<typeof UnderstoodBody>;

/** `GET /v1/jobs/{id}/result?format=json`. */
export const ResultBody = z
  .object({
    job: JobBody,
    pages: z.array(PageBody),
    extraction: Understanding.nullable().describe('What was understood; null where nothing was asked, or it failed.'),
  })
  .meta({ id: 'Result' });
export type ResultBody = z.infer<typeof ResultBody>;

/** The answer to a submit with `options.split`. */
export const SplitBody = z.object({ jobs: z.array(JobBody) }).meta({ id: 'Split' });
export type SplitBody = z.infer<typeof SplitBody>;

export const JobListQuery = z.strictObject({
  status: z.enum(JOB_STATUSES).optional(),
  batch: Id.optional().describe('Only jobs of this batch.'),
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

/** The internal `POST /v1/read` of the ocr service. */
export const ReadBody = z.object({ page: PageText, stages: z.record(z.string(), z.number()) }).meta({ id: 'Read' });
export type ReadBody = z.infer<typeof ReadBody>;
