import { AppError, IDEMPOTENCY, LEASE, type WrappedKey } from '@docusnap/contracts';
import type pg from 'pg';
import { type Database, query, queryOne } from './connection.ts';
import type { Prisma } from './generated/client.ts';

/** A request with an Idempotency-Key, in the hands of one process. */
export interface HeldRequest {
  readonly tenantId: string;
  readonly key: string;
  /** A UUID of the holder's making: only who has it may say that the request is done. */
  readonly token: string;
}

/** What a request made, to be shown as it is now when the request comes again. */
export type Made =
  | { readonly jobs: readonly string[]; readonly split: boolean }
  /** The jobs are those of the files that came with it. */
  | { readonly batch: string; readonly jobs: readonly string[] }
  /** The answer held what is shown only once. */
  | { readonly secret: true };

/** A request that is done: by what it is known again, and what was answered. */
export interface DoneRequest extends HeldRequest {
  readonly digest: Buffer;
  readonly status: number;
  readonly location: string | null;
  readonly made: Made | null;
}

/** An answer's body, sealed under a key of its own. */
export interface SealedAnswer {
  readonly sealed: Buffer;
  readonly key: WrappedKey;
}

export type Begun =
  | { readonly state: 'begun' }
  /** Somebody else is at it; his lease ends in so many seconds unless he renews it. */
  | { readonly state: 'running'; readonly secondsLeft: number }
  | {
      readonly state: 'done';
      readonly digest: Buffer;
      readonly status: number;
      readonly location: string | null;
      readonly made: Made | null;
      readonly answer: SealedAnswer | null;
    };

interface OnceRow {
  readonly state: Begun['state'];
  readonly lease_left: number | null;
  readonly digest: Buffer;
  readonly status: number;
  readonly location: string | null;
  readonly made: Made | null;
  readonly sealed: Buffer | null;
  readonly master_key_id: string | null;
  readonly wrapped_key: Buffer | null;
}

/** Takes the request in hand for LEASE.seconds, unless somebody has it or it is done. */
export async function beginOnce(db: Database, { tenantId, key, token }: HeldRequest): Promise<Begun> {
  const row = await queryOne<OnceRow>(db, 'SELECT * FROM begin_once($1, $2, $3, $4, $5)', [
    tenantId,
    key,
    token,
    LEASE.seconds,
    IDEMPOTENCY.hours,
  ]);
  if (row.state === 'begun') return { state: 'begun' };
  if (row.state === 'running') return { state: 'running', secondsLeft: row.lease_left ?? 0 };
  const { digest, status, location, made, sealed, master_key_id, wrapped_key } = row;
  const answer = sealed && {
    sealed,
    key: { masterKeyId: master_key_id ?? '', wrapped: wrapped_key ?? Buffer.alloc(0) },
  };
  return { state: 'done', digest, status, location, made, answer };
}

/** Keeps the request in hand; false where another has taken it over. */
export async function renewOnce(db: Database, { tenantId, key, token }: HeldRequest): Promise<boolean> {
  const values = [tenantId, key, token, LEASE.seconds];
  return (await queryOne<{ held: boolean }>(db, 'SELECT renew_once($1, $2, $3, $4) AS held', values)).held;
}

/** Throws `idempotency_key_in_use` where another has taken it over. */
export async function finishOnce(db: Database, done: DoneRequest, answer: SealedAnswer | null): Promise<void> {
  await query(db, 'SELECT finish_once($1, $2, $3, $4)', [
    done.tenantId,
    JSON.stringify({ ...doneDocument(done), master_key_id: answer?.key.masterKeyId ?? null }),
    answer?.sealed ?? null,
    answer && Buffer.from(answer.key.wrapped),
  ]);
}

/** What makes something may be told of the request that asks for it: it is done with what it makes, or nothing is made. */
export interface OnceOptions {
  readonly once?: DoneRequest | undefined;
}

/** `query` for a statement that gives a row where it did something, as a part of the request. Throws `idempotency_key_in_use`. */
export function queryOnce<Row extends pg.QueryResultRow>(
  db: Database,
  { text, values }: { readonly text: string; readonly values: readonly unknown[] },
  { once }: OnceOptions,
): Promise<Row[]> {
  if (once === undefined) return query<Row>(db, text, values);
  const [tenant, done] = [values.length + 1, values.length + 2];
  return query<Row>(
    db,
    `WITH made AS MATERIALIZED (${text}) SELECT made.*, finish_once($${tenant}, $${done}, NULL, NULL) FROM made`,
    [...values, once.tenantId, JSON.stringify(doneDocument(once))],
  );
}

/** Within the transaction that makes something. Throws `idempotency_key_in_use`. */
export async function finishWithin(client: pg.PoolClient, { once }: OnceOptions): Promise<void> {
  if (once === undefined) return;
  await client.query('SELECT finish_once($1, $2, NULL, NULL)', [once.tenantId, JSON.stringify(doneDocument(once))]);
}

/** The same for Prisma, and for the worker role too. */
export async function finishWithPrisma(prisma: Prisma.TransactionClient, { once }: OnceOptions): Promise<void> {
  if (once === undefined) return;
  const { tenantId, key, token, digest, status, location, made } = once;
  const { count } = await prisma.idempotencyKey.updateMany({
    where: { tenantId, key, token, leasedUntil: { not: null } },
    data: { leasedUntil: null, digest: new Uint8Array(digest), status, location, ...(made && { made: { ...made } }) },
  });
  if (count === 0) throw new AppError('idempotency_key_in_use');
}

/** It was refused, or failed: the key is as if it had never been used. */
export async function abandonOnce(db: Database, { tenantId, key, token }: HeldRequest): Promise<void> {
  await query(db, 'SELECT abandon_once($1, $2, $3)', [tenantId, key, token]);
}

/** What finish_once() takes. */
export function doneDocument({ key, token, digest, status, location, made }: DoneRequest) {
  return { key, token, digest: digest.toString('hex'), status, location, made };
}
