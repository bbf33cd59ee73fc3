import { AppError, type Failure, type PageStatus, type Unit, type WrappedKey } from '@docusnap/contracts';
import { type Database, query, queryOne } from './connection.ts';
import { failureFrom } from './job-rows.ts';

/**
 * Keeps how the making of a page's images ended. Needs the worker role.
 *
 * @returns false when the page is gone: its images must go too
 */
export async function markRenditions(
  db: Database,
  unit: Pick<Unit, 'jobId' | 'fileIndex' | 'fileFrame'>,
  outcome: 'made' | 'failed',
): Promise<boolean> {
  const { there } = await queryOne<{ there: boolean }>(db, 'SELECT mark_renditions($1, $2, $3, $4) AS there', [
    unit.jobId,
    unit.fileIndex,
    unit.fileFrame,
    outcome,
  ]);
  return there;
}

/** How the making of a page's images ended. */
export interface RenditionMark {
  readonly page: Pick<Unit, 'jobId' | 'fileIndex' | 'fileFrame'>;
  readonly outcome: 'made' | 'failed';
}

/** As `mark_all_renditions` wants them. */
export function valuesOf(marks: readonly RenditionMark[]): [string[], number[], (number | null)[], string[]] {
  return [
    marks.map(({ page }) => page.jobId),
    marks.map(({ page }) => page.fileIndex),
    marks.map(({ page }) => page.fileFrame),
    marks.map(({ outcome }) => outcome),
  ];
}

/** What is needed to show a page's image. */
export interface PageImageRow {
  readonly fileIndex: number;
  readonly fileFrame: number;
  readonly status: PageStatus;
  readonly error: Failure | null;
  /** Null: nobody said yet how it ended. */
  readonly renditions: 'made' | 'failed' | null;
  /** Milliseconds since the job ended, by the database's clock; null while it runs. */
  readonly endedMs: number | null;
  readonly key: WrappedKey;
}

/** Throws `job_not_found`, `page_not_found`, and `page_not_ready` while the job's pages have no numbers yet. */
export async function readPageImageRow(
  db: Database,
  tenantId: string,
  jobId: string,
  number: number,
): Promise<PageImageRow> {
  type Job = { pages_total: number | null; ended_ms: number | null; master_key_id: string; wrapped_key: Buffer };
  type Page = { file_index: number; frame: number; status: PageStatus; renditions: PageImageRow['renditions'] };
  type Failed = { error_code: string | null; error_message: string | null };
  const [row] = await query<Job & Failed & (Page | { frame: null })>(db, 'SELECT * FROM read_page_image($1, $2, $3)', [
    tenantId,
    jobId,
    number,
  ]);
  if (row === undefined) throw new AppError('job_not_found');
  if (row.frame === null) throw new AppError(row.pages_total === null ? 'page_not_ready' : 'page_not_found');
  return {
    fileIndex: row.file_index,
    fileFrame: row.frame,
    status: row.status,
    error: failureFrom(row),
    renditions: row.renditions,
    endedMs: row.ended_ms,
    key: { masterKeyId: row.master_key_id, wrapped: row.wrapped_key },
  };
}
