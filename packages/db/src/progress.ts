import { type JobProgress, PROGRESS } from '@docusnap/contracts';
import { type Database, query } from './connection.ts';

const UNKNOWN: JobProgress = { ahead: null, etaSeconds: null };

/** Where a running job stands, in one query whose work does not grow with the queue; all null for an ended or unknown job. */
export async function jobProgress(db: Database, tenantId: string, jobId: string): Promise<JobProgress> {
  const [row] = await query<{ ahead: number; eta_seconds: number | null }>(
    db,
    'SELECT * FROM job_progress($1, $2, $3)',
    [tenantId, jobId, PROGRESS.mostAhead],
  );
  return row === undefined ? UNKNOWN : { ahead: row.ahead, etaSeconds: row.eta_seconds };
}

/** What a process that reads pages says of itself, for estimates. */
export interface ReadingRate {
  readonly readers: number;
  /** Milliseconds one reader takes for a page; null until it has read one. */
  readonly pageMs: number | null;
  /** For operators; nothing is decided by it. */
  readonly about?: WorkerAbout;
}

export interface WorkerAbout {
  readonly version?: string;
  readonly models?: readonly string[];
  readonly provider?: string;
}

/** To be said again every few seconds: what is older than a lease counts no more, and the sweep forgets it. */
export async function reportRate(
  db: Database,
  holder: string,
  { readers, pageMs, about = {} }: ReadingRate,
): Promise<void> {
  await query(
    db,
    `INSERT INTO workers (holder, readers, page_ms, about, seen_at) VALUES ($1, $2, $3, $4, now())
     ON CONFLICT (holder) DO UPDATE SET readers = EXCLUDED.readers, page_ms = EXCLUDED.page_ms, about = EXCLUDED.about, seen_at = EXCLUDED.seen_at`,
    [holder, readers, pageMs, JSON.stringify(about)],
  );
}

/** This process reads no more. */
export async function withdrawRate(db: Database, holder: string): Promise<void> {
  await query(db, 'DELETE FROM workers WHERE holder = $1', [holder]);
}
