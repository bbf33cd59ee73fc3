import {
  ERRORS,
  type Failure,
  type FileStatus,
  isErrorCode,
  type Job,
  type JobFile,
  type JobOptions,
  type JobPage,
  type JobStatus,
  type MediaType,
  type PageStatus,
  type StageTimes,
  type Task,
  type UnderstandingStatus,
} from '@docusnap/contracts';

interface FailureColumns {
  readonly error_code: string | null;
  readonly error_message: string | null;
}

/** What job_document() gives. */
export interface JobDocument extends FailureColumns {
  readonly id: string;
  readonly tenant_id: string;
  readonly name: string;
  readonly status: JobStatus;
  readonly options: JobOptions;
  readonly metadata: Record<string, unknown> | null;
  readonly pages_total: number | null;
  readonly pages_done: number;
  readonly pages_failed: number;
  readonly version: number;
  readonly created_at: string;
  readonly started_at: string | null;
  readonly finished_at: string | null;
  readonly batch_id: string | null;
  readonly deadline: string | null;
  readonly expires_at: string | null;
  readonly files: readonly FileDocument[];
  readonly understanding: (FailureColumns & { readonly task: Task; readonly status: UnderstandingStatus }) | null;
}

interface FileDocument extends FailureColumns {
  readonly file_index: number;
  readonly name: string;
  readonly media_type: MediaType;
  readonly bytes: number;
  readonly sha256: string;
  readonly status: FileStatus;
  readonly pages: number | null;
}

/** The columns of `pages` that make a JobPage. */
export interface PageRow extends FailureColumns {
  readonly number: number | null;
  readonly file_index: number;
  readonly frame: number;
  readonly status: PageStatus;
  readonly attempts: number;
  readonly stages: StageTimes | null;
  readonly version: number | null;
}

export const PAGE_COLUMNS =
  'p.number, p.file_index, p.frame, p.status, p.attempts, p.error_code, p.error_message, p.stages, p.version';

export function jobFrom(job: JobDocument): Job {
  return {
    id: job.id,
    tenantId: job.tenant_id,
    name: job.name,
    status: job.status,
    options: job.options,
    metadata: job.metadata,
    pagesTotal: job.pages_total,
    pagesDone: job.pages_done,
    pagesFailed: job.pages_failed,
    error: failureFrom(job),
    version: job.version,
    createdAt: new Date(job.created_at),
    startedAt: dateFrom(job.started_at),
    finishedAt: dateFrom(job.finished_at),
    batchId: job.batch_id,
    deadline: dateFrom(job.deadline),
    expiresAt: dateFrom(job.expires_at),
    files: job.files.map(fileFrom),
    understanding: job.understanding && {
      task: job.understanding.task,
      status: job.understanding.status,
      error: failureFrom(job.understanding),
    },
  };
}

function fileFrom(file: FileDocument): JobFile {
  return {
    index: file.file_index,
    name: file.name,
    mediaType: file.media_type,
    bytes: file.bytes,
    sha256: file.sha256,
    status: file.status,
    pages: file.pages,
    error: failureFrom(file),
  };
}

export function pageFrom(page: PageRow): JobPage {
  return {
    number: page.number,
    fileIndex: page.file_index,
    fileFrame: page.frame,
    status: page.status,
    attempts: page.attempts,
    error: failureFrom(page),
    stages: page.stages,
    version: page.version,
  };
}

/** Stored is the code, and the message where it says more than the table of errors does. */
export function failureFrom(row: FailureColumns): Failure | null {
  if (row.error_code === null) return null;
  // A newer version may have stored a code that this one does not know.
  const code = isErrorCode(row.error_code) ? row.error_code : 'internal';
  return { code, message: row.error_message ?? ERRORS[code].message, retryable: ERRORS[code].retryable };
}

function dateFrom(text: string | null): Date | null {
  return text === null ? null : new Date(text);
}
