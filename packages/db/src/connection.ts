import { AppError } from '@docusnap/contracts';
import pg from 'pg';
import { type EndedJobs, openEndedJobs } from './ended-jobs.ts';
import { isDeadlock, toDatabaseError } from './errors.ts';
import type { Gatherings } from './gather.ts';
import type { PrismaClient } from './generated/client.ts';
import { openPresence, type Presence } from './presence.ts';
import { clientsThatWait } from './timed-client.ts';

/** A busy server may take seconds for a new connection. That it is away callers hear sooner: see presence.ts. */
const CONNECT_MS = 5_000;
const PING_MS = 1_000;
/** Above the roles' own statement timeouts (roles.ts), for when the network swallows the answers of one connection only. */
const ANSWER_MS = 35_000;
const ANSWER_MS_FOR_CALLERS = 12_000;

/** Connections of one role to one database. Opened with `openDatabase`; its insides are this package's. */
export interface Database {
  readonly pool: pg.Pool;
  /** Loaded on first use: the services that only claim and save never need it. */
  prisma: Promise<PrismaClient> | null;
  /** Null where callers can wait. */
  readonly presence: Presence | null;
  /** Reads that wait to be sent together: see gather.ts. */
  readonly gatherings: Gatherings;
  readonly endedJobs: EndedJobs;
}

export interface DatabaseOptions {
  /** Most connections at a time; 10 unless told. */
  readonly poolSize?: number;
  /** Shown in pg_stat_activity. */
  readonly applicationName?: string;
  /** Told of connections that broke while idle. They are replaced on the next use, so there is nothing to do but to log it. */
  readonly onError?: (error: Error) => void;
  /** Whether callers are to hear within a second that the database is away, even where nothing says so: see presence.ts. */
  readonly forCallers?: boolean;
}

/** Connects on first use; so it neither waits nor fails. */
export function openDatabase(url: string, options: DatabaseOptions = {}): Database {
  const pool = new pg.Pool({
    connectionString: url,
    max: options.poolSize ?? 10,
    application_name: options.applicationName ?? 'docusnap',
    connectionTimeoutMillis: CONNECT_MS,
    Client: clientsThatWait(options.forCallers ? ANSWER_MS_FOR_CALLERS : ANSWER_MS),
    keepAlive: true,
  });
  // Without a listener an idle connection that breaks would end the process.
  pool.on('error', (error) => options.onError?.(error));
  const presence = options.forCallers ? openPresence(url, pool) : null;
  return { pool, prisma: null, presence, gatherings: new Map(), endedJobs: openEndedJobs() };
}

export interface ConnectionCounts {
  readonly total: number;
  readonly idle: number;
  /** Callers that wait for a connection. */
  readonly waiting: number;
}

/** For metrics. */
export function connectionCounts({ pool }: Database): ConnectionCounts {
  return { total: pool.totalCount, idle: pool.idleCount, waiting: pool.waitingCount };
}

/** Waits for running queries. */
export async function closeDatabase(db: Database): Promise<void> {
  if (db.prisma !== null) await (await db.prisma).$disconnect();
  await Promise.all([db.pool.end(), db.presence?.close()]);
}

/** Whether the database answers. Throws `database_unavailable` within a second when it does not. */
export async function pingDatabase(db: Database): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new AppError('database_unavailable')), PING_MS);
  });
  try {
    await Promise.race([query(db, 'SELECT 1', []), late]);
  } finally {
    clearTimeout(timer);
  }
}

/** One statement, its own transaction, which is run again where PostgreSQL ended it to break a deadlock. Errors are AppErrors. */
export async function query<Row extends pg.QueryResultRow>(
  db: Database,
  text: string,
  values: readonly unknown[],
): Promise<Row[]> {
  const run = () => whileThere(db, async () => (await db.pool.query<Row>(text, [...values])).rows);
  try {
    return await run().catch((error: unknown) => {
      if (!isDeadlock(error)) throw error;
      return run();
    });
  } catch (error) {
    throw toDatabaseError(error);
  }
}

/** Runs what uses the database; its callers hear within a second that it is away where they are meant to. */
export function whileThere<T>(db: Database, work: () => Promise<T>): Promise<T> {
  return db.presence === null ? work() : db.presence.whileThere(work);
}

/** As `query`, for statements that always give exactly one row. */
export async function queryOne<Row extends pg.QueryResultRow>(
  db: Database,
  text: string,
  values: readonly unknown[],
): Promise<Row> {
  const [row] = await query<Row>(db, text, values);
  if (row === undefined) throw new AppError('internal', undefined, { cause: new Error(`No row from: ${text}`) });
  return row;
}

/** A short transaction of several statements on one connection; rolled back when `work` throws. Errors are AppErrors. */
export function transaction<Result>(db: Database, work: (client: pg.PoolClient) => Promise<Result>): Promise<Result> {
  return whileThere(db, () => transact(db, work));
}

async function transact<Result>(db: Database, work: (client: pg.PoolClient) => Promise<Result>): Promise<Result> {
  let client: pg.PoolClient;
  try {
    client = await db.pool.connect();
  } catch (error) {
    throw toDatabaseError(error);
  }
  // A connection that breaks between two statements reports itself here; the next statement fails with the reason.
  const ignore = () => undefined;
  client.on('error', ignore);
  let broken: Error | undefined;
  try {
    await client.query('BEGIN');
    const result = await work(client);
    await client.query('COMMIT');
    return result;
  } catch (error) {
    await client.query('ROLLBACK').catch((cause: Error) => {
      broken = cause;
    });
    throw toDatabaseError(error);
  } finally {
    client.removeListener('error', ignore);
    client.release(broken);
  }
}

/** A transaction that sees one tenant's rows only (for the api role; other roles see what their policies say). */
export function withTenant<Result>(
  db: Database,
  tenantId: string,
  work: (client: pg.PoolClient) => Promise<Result>,
): Promise<Result> {
  return transaction(db, async (client) => {
    await client.query("SELECT set_config('docusnap.tenant', $1, true)", [tenantId]);
    return work(client);
  });
}
