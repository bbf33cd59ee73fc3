import { closeDatabase, type Database, ensureV1Tenant, openDatabase, V1_TENANT_ID } from '@docusnap/db';
import type { MoveOptions } from './move-database.ts';
import { type LeftBehind, type OldTask, readOldTasks } from './old-tasks.ts';

/** Results have up to some hundred KiB each. */
const BATCH = 100;

export interface ImportedTasks {
  /** Stored now. */
  readonly imported: number;
  /** There already: from an earlier run, or submitted anew since. */
  readonly before: number;
  readonly left: Readonly<Record<LeftBehind, number>>;
}

/**
 * Copies the finished tasks of an old DocuSnap into a database that is up to date, where they answer polls for as long as the old system would have
 * answered them. What is there already stays, so this may be repeated.
 *
 * @param ownerUrl of the database
 */
export async function importTasks(path: string, ownerUrl: string, options: MoveOptions): Promise<ImportedTasks> {
  const db = openDatabase(ownerUrl, { applicationName: 'docusnap move', poolSize: 1 });
  const left: Record<LeftBehind, number> = { 'not finished': 0, 'kept long enough': 0, 'not understood': 0 };
  let imported = 0;
  let seen = 0;
  let batch: OldTask[] = [];
  const store = async (): Promise<void> => {
    if (batch.length === 0) return;
    imported += await storeTasks(db, batch);
    seen += batch.length;
    batch = [];
    options.progress.step(`Importing finished tasks (${seen} so far)`);
  };
  try {
    await ensureV1Tenant(db);
    for (const row of readOldTasks(path, new Date())) {
      options.signal.throwIfAborted();
      if (typeof row === 'string') left[row] += 1;
      else batch.push(row);
      if (batch.length === BATCH) await store();
    }
    await store();
    return { imported, before: seen - imported, left };
  } finally {
    await closeDatabase(db);
  }
}

async function storeTasks(db: Database, tasks: readonly OldTask[]): Promise<number> {
  const { rowCount } = await db.pool.query(
    `INSERT INTO v1_tasks (client, sha256, type, tenant_id, status, result, error_detail, created_at, accessed_at)
     SELECT client, sha256, type, $1, status, result, error_detail, created_at, accessed_at
     FROM unnest($2::bytea[], $3::text[], $4::text[], $5::text[], $6::bytea[], $7::text[], $8::timestamptz[], $9::timestamptz[])
       AS t (client, sha256, type, status, result, error_detail, created_at, accessed_at)
     ON CONFLICT DO NOTHING`,
    [
      V1_TENANT_ID,
      tasks.map(({ client }) => client),
      tasks.map(({ sha256 }) => sha256),
      tasks.map(({ type }) => type),
      tasks.map(({ status }) => status),
      tasks.map(({ result }) => result),
      tasks.map(({ errorDetail }) => errorDetail),
      tasks.map(({ createdAt }) => createdAt),
      tasks.map(({ accessedAt }) => accessedAt),
    ],
  );
  return rowCount ?? 0;
}
