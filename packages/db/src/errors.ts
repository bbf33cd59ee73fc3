import { AppError, type ErrorCode } from '@docusnap/contracts';

/** What the SQL functions raise on purpose. */
const RAISED: Readonly<Record<string, ErrorCode>> = {
  DS001: 'lease_lost',
  DS002: 'too_many_pages',
  DS003: 'no_such_pages',
  DS004: 'job_still_running',
  DS005: 'nothing_to_retry',
  DS006: 'nothing_to_understand',
  DS014: 'too_many_webhooks',
  DS121: 'idempotency_key_in_use',
  DS122: 'batch_not_found',
  DS123: 'batch_full',
  DS124: 'deadline_unreachable',
  DS125: 'job_already_ended',
  DS131: 'tenant_queue_full',
  DS132: 'queue_full',
  DS133: 'larger_than_queue',
  DS160: 'page_budget_spent',
  DS161: 'unauthorized',
};

/**
 * Codes of Node and PostgreSQL that mean "not reachable or not able just now": the network's, class 08 (connection), 53 (out of
 * connections, memory, disk), 57 (stopping, starting, statement timeout), 25P03 (transaction left idle too long), 40 (serialisation, deadlock).
 */
const UNAVAILABLE =
  /^(ECONNREFUSED|ECONNRESET|ENOTFOUND|EAI_AGAIN|EPIPE|ETIMEDOUT|EHOSTUNREACH|ENETUNREACH|08...|53...|57...|25P03|40...|P1001|P1002|P1008|P1017|P2024|P2028|P2034)$/;

/** The same from pg itself, which gives these no code. */
const UNAVAILABLE_WORDS =
  /timeout exceeded when trying to connect|timeout expired|connection terminated|query read timeout|not queryable|client was closed|cannot use a pool after calling end/i;

/** Any error of a query as an AppError: one that was raised on purpose, `database_unavailable`, or `internal`; the cause is kept. */
export function toDatabaseError(error: unknown): AppError {
  if (error instanceof AppError) return error;
  const code = codeOf(error);
  if (code !== null && RAISED[code] !== undefined) return raisedError(RAISED[code], error);
  const unavailable = (code !== null && UNAVAILABLE.test(code)) || UNAVAILABLE_WORDS.test(messageOf(error));
  return new AppError(unavailable ? 'database_unavailable' : 'internal', undefined, { cause: error });
}

/** With what it said beside its code: see 0013_backlog.sql. */
function raisedError(code: ErrorCode, cause: unknown): AppError {
  const detail = typeof cause === 'object' && cause !== null && 'detail' in cause ? cause.detail : undefined;
  // Seconds until there is a new budget: see 0016_access.sql.
  if (code === 'page_budget_spent') return new AppError(code, undefined, { cause, retryAfter: Number(detail) });
  const full = typeof detail === 'string' && /^DS13.$/.test(codeOf(cause) ?? '') ? (JSON.parse(detail) as Full) : null;
  if (full === null) return new AppError(code, undefined, { cause });
  const whose = { key: 'of this API key', tenant: 'of this tenant', all: 'in all' }[full.of];
  const retryAfter = code === 'larger_than_queue' ? {} : { retryAfter: full.retry_after };
  return new AppError(
    code,
    `With this it would be ${full.waiting} ${WHAT[full.what]} ${whose}; the limit is ${full.most}.`,
    {
      cause,
      ...retryAfter,
    },
  );
}

interface Full {
  readonly of: 'key' | 'tenant' | 'all';
  readonly what: keyof typeof WHAT;
  readonly waiting: number;
  readonly most: number;
  readonly retry_after: number;
}
const WHAT = { units: 'files and pages', bytes: 'bytes of files' } as const;

/**
 * Whether PostgreSQL refused what it was given, and would again: class 22 (data), 23 (constraints), 54 (limits of the program). What an
 * operator has to mend, such as a missing right, may be mended when the same is asked again.
 */
export function isRefusedForGood(error: unknown): boolean {
  return /^(22|23|54)...$/.test(codeOf(error) ?? '');
}

/** Whether PostgreSQL ended a transaction, which then has done nothing, so that another one could go on. */
export function isDeadlock(error: unknown): boolean {
  return codeOf(error) === '40P01';
}

/** Whether it was the connection that broke: closed by PostgreSQL, by pgBouncer or in the network. Another one may be as good as ever. */
export function isConnectionLost(error: unknown): boolean {
  const cause = error instanceof AppError ? error.cause : error;
  return (
    /^(ECONNRESET|EPIPE|57P01|57P02|08...)$/.test(codeOf(cause) ?? '') ||
    /connection terminated(?! due to)|not queryable/i.test(messageOf(cause))
  );
}

/** The innermost code: Prisma wraps what the driver said. */
function codeOf(error: unknown): string | null {
  if (typeof error !== 'object' || error === null) return null;
  if ('cause' in error && error.cause !== undefined) {
    const inner = codeOf(error.cause);
    if (inner !== null) return inner;
  }
  if ('originalCode' in error && typeof error.originalCode === 'string') return error.originalCode;
  return 'code' in error && typeof error.code === 'string' ? error.code : null;
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : '';
}
