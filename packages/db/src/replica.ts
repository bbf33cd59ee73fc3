import { AppError } from '@docusnap/contracts';
import { closeDatabase, type Database, openDatabase, query, queryOne } from './connection.ts';

/**
 * A streaming replica that reads may go to while it is known to be no further behind than allowed. Known means proven by positions, not by clocks: the
 * primary is asked where its log ends, and from the moment at which the replica has replayed up to there it holds all that was committed when that was
 * asked. A replica that is cut off, stopped, behind, promoted or another server's proves nothing, and the primary is read instead.
 */
export interface Replica {
  /** Null where the primary has to be asked. */
  usable(): Database | null;
  /** Seconds that what it holds may be old at most, as far as is proven; null where nothing is. */
  lagSeconds(): number | null;
  /** It failed just now: it has to prove itself anew. */
  distrust(): void;
  close(): Promise<void>;
}

export interface ReplicaOptions {
  readonly maxLagSeconds: number;
  /** Told when reads begin to go to the replica, and when they stop to. */
  readonly onChange: (isUsed: boolean, why: string) => void;
  readonly onError?: (error: Error) => void;
  readonly applicationName?: string;
  /** Milliseconds between two looks; 1,000 unless told. */
  readonly everyMs?: number;
}

const EVERY_MS = 1_000;
/** Ends of the log that the replica has not reached yet are remembered, so that one which is always a little behind proves that much. */
const REMEMBERED = 60;

/** An end of the primary's log, and when it was asked for (`performance.now()`). */
interface Mark {
  readonly at: number;
  readonly end: bigint;
}

/** @param url PostgreSQL's replica as docusnap_api */
export function openReplica(url: string, primary: Database, options: ReplicaOptions): Replica {
  const { maxLagSeconds, onChange, everyMs = EVERY_MS } = options;
  const db = openDatabase(url, {
    applicationName: options.applicationName ?? 'docusnap replica',
    forCallers: true,
    ...(options.onError ? { onError: options.onError } : {}),
  });
  let marks: Mark[] = [];
  /** All that was committed by then is there. */
  let provenAt: number | null = null;
  let wasUsed = false;
  let closed = false;
  let timer: NodeJS.Timeout | undefined;
  let round = look();

  const lagMs = (): number | null => (provenAt === null ? null : performance.now() - provenAt);
  const isFresh = (): boolean => (lagMs() ?? Number.POSITIVE_INFINITY) <= maxLagSeconds * 1_000;

  async function look(): Promise<void> {
    let why = 'it is further behind than allowed';
    try {
      await prove();
    } catch (error) {
      why = error instanceof Error ? error.message : String(error);
    }
    tell(why);
    if (!closed) timer = setTimeout(next, everyMs);
  }

  function next(): void {
    round = look();
  }

  async function prove(): Promise<void> {
    const asked = performance.now();
    const there = await endOf(primary);
    marks = [...marks, { at: asked, end: there }].slice(-REMEMBERED);
    const replayed = await replayedBy(db);
    if (!replayed.in_recovery) {
      provenAt = null;
      throw new Error('it is no replica, or no longer: it was promoted');
    }
    const end = positionOf(replayed.position);
    const reached = marks.filter((mark) => mark.end <= end).at(-1);
    if (reached === undefined) return;
    provenAt = Math.max(provenAt ?? reached.at, reached.at);
    marks = marks.filter((mark) => mark.at > reached.at);
  }

  function tell(why: string): void {
    const isUsed = isFresh();
    if (isUsed !== wasUsed) onChange(isUsed, isUsed ? 'it is up to date' : why);
    wasUsed = isUsed;
  }

  return {
    usable: () => (isFresh() ? db : null),
    lagSeconds: () => {
      const lag = lagMs();
      return lag === null ? null : lag / 1_000;
    },
    distrust() {
      provenAt = null;
      marks = [];
      tell('it failed');
    },
    async close() {
      closed = true;
      await round;
      clearTimeout(timer);
      await closeDatabase(db);
    },
  };
}

/**
 * Reads from the replica where it may be read, and from the primary where it may not or fails. For what may be as old as the replica: lists, and what does not
 * change any more.
 */
export async function readEither<T>(
  replica: Replica | undefined,
  primary: Database,
  read: (db: Database) => Promise<T>,
): Promise<T> {
  const db = replica?.usable();
  if (!replica || !db) return read(primary);
  try {
    return await read(db);
  } catch (error) {
    if (!isAway(error)) throw error;
    replica.distrust();
    return read(primary);
  }
}

/** Away, or told to give way to what it replays. */
export function isAway(error: unknown): boolean {
  return error instanceof AppError && error.code === 'database_unavailable';
}

/** Up to where what was acknowledged is on the primary's disk. */
async function endOf(primary: Database): Promise<bigint> {
  const { position } = await queryOne<{ position: string }>(
    primary,
    'SELECT pg_current_wal_flush_lsn()::text AS position',
    [],
  );
  return positionOf(position);
}

async function replayedBy(replica: Database): Promise<{ in_recovery: boolean; position: string }> {
  const [row] = await query<{ in_recovery: boolean; position: string | null }>(
    replica,
    'SELECT pg_is_in_recovery() AS in_recovery, pg_last_wal_replay_lsn()::text AS position',
    [],
  );
  return { in_recovery: row?.in_recovery ?? false, position: row?.position ?? '0/0' };
}

/** PostgreSQL writes a place in its log as two hexadecimal numbers of 32 bits. */
function positionOf(text: string): bigint {
  const [high = '0', low = '0'] = text.split('/');
  return (BigInt(`0x${high}`) << 32n) + BigInt(`0x${low}`);
}
