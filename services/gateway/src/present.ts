import {
  type ApiKey,
  type Batch,
  type BatchBody,
  type Erasure,
  type ErasureBody,
  type Failure,
  type Job,
  type JobBody,
  type JobFile,
  type JobPage,
  type JobProgress,
  type KeyBody,
  type PageBody,
  type PageEntryBody,
  type PageText,
  RENDITIONS,
} from '@docusnap/contracts';

/** A job as the API shows it; without `progress` its place in the queue is left out. */
export function jobBody(job: Job, progress?: JobProgress): JobBody {
  const self = `/v1/jobs/${job.id}`;
  return {
    id: job.id,
    name: job.name,
    status: job.status,
    pages_total: job.pagesTotal,
    pages_done: job.pagesDone,
    pages_failed: job.pagesFailed,
    progress: {
      pages_read: job.pagesDone,
      pages_total: job.pagesTotal,
      position: progress?.ahead ?? null,
      eta_seconds: progress?.etaSeconds ?? null,
    },
    error: failureBody(job.error),
    options: shownOptions(job.options),
    metadata: job.metadata as JobBody['metadata'],
    files: job.files.map(fileBody),
    task: job.understanding?.task ?? null,
    extraction: job.understanding && { status: job.understanding.status, error: failureBody(job.understanding.error) },
    created_at: job.createdAt.toISOString(),
    started_at: job.startedAt?.toISOString() ?? null,
    finished_at: job.finishedAt?.toISOString() ?? null,
    batch_id: job.batchId,
    deadline: job.deadline?.toISOString() ?? null,
    expires_at: job.expiresAt?.toISOString() ?? null,
    links: { self, events: `${self}/events`, pages: `${self}/pages`, result: `${self}/result` },
  };
}

/** A batch as the API shows it. */
export function batchBody(batch: Batch): BatchBody {
  const { documents: total, running } = batch;
  const pages = { total: batch.pagesTotal, done: batch.pagesDone, failed: batch.pagesFailed };
  return {
    id: batch.id,
    name: batch.name,
    status: total === 0 ? 'empty' : running > 0 ? 'running' : 'ended',
    documents: { total, ended: total - running, by_status: batch.byStatus },
    pages,
    progress: total === 0 ? 0 : (total - running) / total,
    metadata: batch.metadata as BatchBody['metadata'],
    created_at: batch.createdAt.toISOString(),
    links: { self: `/v1/batches/${batch.id}`, jobs: `/v1/jobs?batch=${batch.id}` },
  };
}

/** What was asked for: without the password, which nobody needs back, and what we noted ourselves. */
function shownOptions({ password: _, trace_parent: __, ...options }: Job['options']): JobBody['options'] {
  return options;
}

/** A page as the API shows it; `text` is null where it is not asked for or there is none. */
export function pageBody(page: JobPage, text: PageText | null): PageBody {
  return { ...pageEntryBody(page), text };
}

/** A page as lists show it. */
export function pageEntryBody(page: JobPage): PageEntryBody {
  return {
    number: page.number,
    file_index: page.fileIndex,
    file_frame: page.fileFrame,
    status: page.status,
    attempts: page.attempts,
    error: failureBody(page.error),
    milliseconds: page.stages?.total ?? null,
    stages: page.stages,
    // Its reader noted the time it took to take the text over, and no time of reading.
    cached: page.stages?.cached !== undefined,
  };
}

/** An API key as lists show it, without the key itself. */
export function keyBody(key: ApiKey): KeyBody {
  return {
    id: key.id,
    prefix: key.prefix,
    name: key.name,
    scopes: [...key.scopes],
    cache: key.cache,
    limits: key.limits,
    created_at: key.createdAt.toISOString(),
    last_used_at: key.lastUsedAt?.toISOString() ?? null,
    expires_at: key.expiresAt?.toISOString() ?? null,
    revoked_at: key.revokedAt?.toISOString() ?? null,
  };
}

function fileBody(file: JobFile): JobBody['files'][number] {
  return {
    index: file.index,
    name: file.name,
    media_type: file.mediaType,
    bytes: file.bytes,
    sha256: file.sha256,
    status: file.status,
    pages: file.pages,
    error: failureBody(file.error),
  };
}

function failureBody(failure: Failure | null): Failure | null {
  return failure && { code: failure.code, message: failure.message, retryable: failure.retryable };
}

/** What is known of an erased job, as the API shows it. */
export function erasureBody(erasure: Erasure): ErasureBody {
  return {
    job_id: erasure.jobId,
    status: erasure.goneAt === null ? 'removing' : 'gone',
    reason: erasure.reason,
    key_id: erasure.keyId,
    erased_at: erasure.erasedAt.toISOString(),
    gone_at: erasure.goneAt?.toISOString() ?? null,
    removed: {
      files: erasure.files,
      bytes: erasure.bytes,
      pages: erasure.pages,
      texts: erasure.texts,
      extractions: erasure.extractions,
      images: erasure.picturedPages * RENDITIONS.length,
      data_keys: 1,
    },
  };
}
