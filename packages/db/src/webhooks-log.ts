import { AppError, type Delivery, type DeliveryOutcome } from '@docusnap/contracts';
import { type Database, withTenant } from './connection.ts';

/** A place in the log, newest first: the last attempt of the page before. */
export interface DeliveryCursor {
  readonly at: Date;
  readonly id: string;
}

export interface DeliveryFilter {
  /** Of an endpoint, or of a job. */
  readonly of: 'webhook' | 'job';
  readonly id: string;
  /** Most attempts in the answer. */
  readonly limit: number;
  readonly after?: DeliveryCursor | undefined;
}

interface AttemptRow {
  readonly at: Date;
  readonly event_id: string;
  readonly attempt: number;
  readonly webhook_id: string | null;
  readonly job_id: string | null;
  readonly type: string;
  readonly outcome: DeliveryOutcome;
  readonly status: number | null;
  readonly error: string | null;
  readonly milliseconds: number;
  readonly next_attempt_at: Date | null;
}

/** One page of the attempts at delivering, newest first; `next` is null on the last. Throws `webhook_not_found`, `job_not_found`. */
export function listDeliveries(
  db: Database,
  tenantId: string,
  { of, id, limit, after }: DeliveryFilter,
): Promise<{ deliveries: Delivery[]; next: DeliveryCursor | null }> {
  const { table, column, missing } = OWNERS[of];
  return withTenant(db, tenantId, async (client) => {
    const owner = await client.query(`SELECT 1 FROM ${table} WHERE tenant_id = $1 AND id = $2`, [tenantId, id]);
    if (owner.rowCount === 0) throw new AppError(missing);
    const { rows } = await client.query<AttemptRow>(
      `SELECT at, event_id, attempt, webhook_id, job_id, type, outcome, status, error, milliseconds, next_attempt_at FROM webhook_attempts
       WHERE tenant_id = $1 AND ${column} = $2 AND (at, event_id) < ($3, $4) ORDER BY at DESC, event_id DESC LIMIT $5`,
      // One more than asked tells whether there is a next page.
      [tenantId, id, after?.at ?? 'infinity', after?.id ?? LAST_ID, limit + 1],
    );
    const deliveries = rows.slice(0, limit).map(deliveryFrom);
    const last = deliveries.at(-1);
    return { deliveries, next: rows.length > limit && last ? { at: last.at, id: last.id } : null };
  });
}

const OWNERS = {
  webhook: { table: 'webhooks', column: 'webhook_id', missing: 'webhook_not_found' },
  job: { table: 'jobs', column: 'job_id', missing: 'job_not_found' },
} as const;
const LAST_ID = 'ffffffff-ffff-ffff-ffff-ffffffffffff';

/** The event is sent again, now, whatever became of it. Throws `delivery_not_found`, `webhook_disabled`. */
export function redeliver(
  db: Database,
  tenantId: string,
  eventId: string,
  { windowSeconds }: { readonly windowSeconds: number },
): Promise<void> {
  return withTenant(db, tenantId, async (client) => {
    const { rows } = await client.query<{ disabled: boolean }>(
      `SELECT w.disabled_at IS NOT NULL AS disabled FROM webhook_events e LEFT JOIN webhooks w ON w.id = e.webhook_id
       WHERE e.tenant_id = $1 AND e.id = $2`,
      [tenantId, eventId],
    );
    if (rows[0] === undefined) throw new AppError('delivery_not_found');
    if (rows[0].disabled) throw new AppError('webhook_disabled');
    await client.query(
      `UPDATE webhook_events SET status = 'pending', not_before = now(), tries = 0, expires_at = now() + make_interval(secs => $3)
       WHERE tenant_id = $1 AND id = $2`,
      [tenantId, eventId, windowSeconds],
    );
  });
}

function deliveryFrom(row: AttemptRow): Delivery {
  return {
    id: row.event_id,
    webhookId: row.webhook_id,
    jobId: row.job_id,
    type: row.type,
    attempt: row.attempt,
    at: row.at,
    outcome: row.outcome,
    status: row.status,
    error: row.error,
    milliseconds: row.milliseconds,
    nextAttemptAt: row.next_attempt_at,
  };
}
