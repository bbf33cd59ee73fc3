import { AppError, type JobPage, type WrappedKey } from '@docusnap/contracts';
import { type Database, query, withTenant } from './connection.ts';
import { PAGE_COLUMNS, type PageRow, pageFrom } from './job-rows.ts';
import { isAway } from './replica.ts';

/** Pages a round trip when a whole job is read: sealed pages are a few to some dozens of KB each. */
const BATCH = 50;

/** A page and what was read from it, sealed; null until it is done. */
export interface SealedPage {
  readonly page: JobPage;
  readonly sealed: Buffer | null;
}

/**
 * One page by its number from 1, with the job's wrapped data key. Throws `job_not_found`, `page_not_found`, and `page_not_ready`
 * while pages of the job have no numbers yet. A page that is not done yet comes with `sealed: null`.
 */
export async function readPageRow(
  db: Database,
  tenantId: string,
  jobId: string,
  number: number,
): Promise<SealedPage & { readonly key: WrappedKey }> {
  type Columns = { pages_total: number | null; master_key_id: string; wrapped_key: Buffer; sealed: Buffer | null };
  type Row = Columns & (PageRow | { frame: null });
  const [row] = await query<Row>(db, 'SELECT * FROM read_page($1, $2, $3)', [tenantId, jobId, number]);
  if (row === undefined) throw new AppError('job_not_found');
  if (row.frame === null) throw new AppError(row.pages_total === null ? 'page_not_ready' : 'page_not_found');
  return {
    page: pageFrom(row),
    sealed: row.sealed,
    key: { masterKeyId: row.master_key_id, wrapped: row.wrapped_key },
  };
}

/** The job's wrapped data key. Throws `job_not_found`. */
export function jobKey(db: Database, tenantId: string, jobId: string): Promise<WrappedKey> {
  return withTenant(db, tenantId, async (client) => {
    const { rows } = await client.query<{ master_key_id: string; wrapped_key: Buffer }>(
      'SELECT master_key_id, wrapped_key FROM jobs WHERE id = $1',
      [jobId],
    );
    const [row] = rows;
    if (row === undefined) throw new AppError('job_not_found');
    return { masterKeyId: row.master_key_id, wrapped: row.wrapped_key };
  });
}

/**
 * All pages there are, in order, a batch in memory at a time; no transaction stays open while the caller works on one. Throws
 * `job_not_found`, also in the midst of it where the job is erased meanwhile: what is left of it must not look like all of it.
 *
 * @param options.otherwise where the next pages are taken from while `db`, a replica, does not answer
 */
export async function* streamPages(
  db: Database,
  tenantId: string,
  jobId: string,
  { otherwise }: { readonly otherwise?: Database } = {},
): AsyncGenerator<SealedPage, void> {
  const readIn = async (from: Database) => {
    if (after.file_index === -1) await jobKey(from, tenantId, jobId);
    return pagesAfter(from, tenantId, jobId, after);
  };
  let after = { file_index: -1, frame: -1 };
  for (;;) {
    const rows = await readIn(db).catch((error: unknown) => {
      if (otherwise === undefined || !isAway(error)) throw error;
      return readIn(otherwise);
    });
    for (const row of rows) yield { page: pageFrom(row), sealed: row.sealed };
    const last = rows.at(-1);
    if (last === undefined || rows.length < BATCH) return;
    after = last;
  }
}

function pagesAfter(db: Database, tenantId: string, jobId: string, after: { file_index: number; frame: number }) {
  return withTenant(db, tenantId, async (client) => {
    const { rows } = await client.query<PageRow & { sealed: Buffer | null }>(
      `SELECT ${PAGE_COLUMNS}, t.sealed FROM pages p LEFT JOIN page_texts t USING (job_id, file_index, frame)
       WHERE p.job_id = $1 AND (p.file_index, p.frame) > ($2, $3) ORDER BY p.file_index, p.frame LIMIT ${BATCH}`,
      [jobId, after.file_index, after.frame],
    );
    // After the pages, not before: a job that is still there had all of them.
    const { rowCount } = await client.query('SELECT FROM jobs WHERE id = $1', [jobId]);
    if (rowCount === 0) throw new AppError('job_not_found');
    return rows;
  });
}

/** Pages that ended after the job had this version, in the order in which they ended. Empty for an unknown job too. */
export function pagesSince(db: Database, tenantId: string, jobId: string, version: number): Promise<JobPage[]> {
  return withTenant(db, tenantId, async (client) => {
    const { rows } = await client.query<PageRow>(
      `SELECT ${PAGE_COLUMNS} FROM pages p WHERE p.job_id = $1 AND p.version > $2 ORDER BY p.version`,
      [jobId, version],
    );
    return rows.map(pageFrom);
  });
}
