import {
  type DeliveryOutcome,
  type DisabledReason,
  LEASE,
  type OutgoingEvent,
  WEBHOOKS,
  type WrappedKey,
} from '@docusnap/contracts';
import { type Database, query, queryOne } from './connection.ts';
import { type JobDocument, jobFrom } from './job-rows.ts';
import type { WebhookSecretKey } from './webhooks.ts';

/** Where an event goes: to an endpoint, or to the address that its job names, sealed with its secret under the job's data key. */
export type EventTarget =
  | { readonly url: string; readonly secrets: readonly WebhookSecretKey[] }
  | { readonly jobId: string; readonly sealed: string; readonly key: WrappedKey };

export interface ClaimedEvent extends OutgoingEvent {
  readonly target: EventTarget;
}

export type HeldEvent = Pick<OutgoingEvent, 'id' | 'token'>;

interface ClaimedRow {
  readonly id: string;
  readonly tenant_id: string;
  readonly token: string;
  readonly attempt: number;
  readonly tries: number;
  readonly type: string;
  readonly at: Date;
  readonly expires_at: Date;
  readonly webhook_id: string | null;
  readonly url: string | null;
  readonly secrets: readonly { id: string; master_key_id: string; wrapped_key: string }[] | null;
  readonly job: JobDocument | null;
  readonly job_id: string | null;
  readonly sealed_target: string | null;
  readonly master_key_id: string | null;
  readonly wrapped_key: Buffer | null;
}

export interface ClaimLimits {
  readonly most: number;
  /** In hand at a time, over all gateways. */
  readonly mostOfTenant: number;
  /** The same of one endpoint or host; of an endpoint that fails, one. */
  readonly mostOfLane: number;
}

/** Takes events that are due, with a lease of LEASE.seconds each. Needs the worker role. */
export async function claimEvents(
  db: Database,
  { holder, most, mostOfTenant, mostOfLane }: { readonly holder: string } & ClaimLimits,
): Promise<ClaimedEvent[]> {
  const rows = await query<ClaimedRow>(db, 'SELECT * FROM claim_webhook_events($1, $2, $3, $4, $5)', [
    holder,
    LEASE.seconds,
    most,
    mostOfTenant,
    mostOfLane,
  ]);
  return rows.map((row) => ({
    id: row.id,
    tenantId: row.tenant_id,
    token: row.token,
    attempt: row.attempt,
    tries: row.tries,
    type: row.type,
    at: row.at,
    expiresAt: row.expires_at,
    webhookId: row.webhook_id,
    job: row.job && jobFrom(row.job),
    target: targetFrom(row),
  }));
}

function targetFrom(row: ClaimedRow): EventTarget {
  if (row.url !== null) {
    const secrets = (row.secrets ?? []).map(({ id, master_key_id, wrapped_key }) => ({
      id,
      key: { masterKeyId: master_key_id, wrapped: Buffer.from(wrapped_key, 'base64') },
    }));
    return { url: row.url, secrets };
  }
  const key = { masterKeyId: row.master_key_id ?? '', wrapped: row.wrapped_key ?? Buffer.alloc(0) };
  return { jobId: row.job_id ?? '', sealed: row.sealed_target ?? '', key };
}

/** How an attempt ended. */
export interface AttemptEnd {
  readonly outcome: DeliveryOutcome;
  readonly status: number | null;
  readonly error: string | null;
  readonly milliseconds: number;
  /** Null unless it is tried again. */
  readonly nextAt: Date | null;
  /** Until when the receiver wants nothing at all. */
  readonly holdUntil: Date | null;
  /** Why its endpoint is disabled; `failing`, if nothing was delivered to it meanwhile. */
  readonly disable: Exclude<DisabledReason, 'by_call'> | null;
}

/** Ends the attempt and adds it to the log; gives whether its endpoint was disabled by it. Throws `lease_lost`. */
export async function finishEvent(db: Database, { id, token }: HeldEvent, end: AttemptEnd): Promise<boolean> {
  const { disabled } = await queryOne<{ disabled: boolean }>(
    db,
    'SELECT finish_webhook_event($1, $2, $3, $4, $5, $6, $7, $8, $9) AS disabled',
    [
      id,
      token,
      end.outcome,
      end.status,
      end.error,
      end.milliseconds,
      end.nextAt?.toISOString() ?? null,
      end.holdUntil?.toISOString() ?? null,
      end.disable,
    ],
  );
  return disabled;
}

/** Hands it back as if it had not been claimed. Throws `lease_lost`. */
export async function releaseEvent(db: Database, { id, token }: HeldEvent): Promise<void> {
  await queryOne(db, 'SELECT release_webhook_event($1, $2)', [id, token]);
}

export interface SweptEvents {
  /** Those whose holder died. */
  readonly released: number;
  /** Those of endpoints that were disabled. */
  readonly given_up: number;
  readonly forgotten: number;
}

const MOST_SWEPT = 500;

/** Puts right what died with its process, and forgets what is old. Any number of processes may. */
export function sweepEvents(db: Database): Promise<SweptEvents> {
  return queryOne<SweptEvents>(db, 'SELECT * FROM sweep_webhook_events($1, $2)', [WEBHOOKS.keepDays, MOST_SWEPT]);
}

/** Events that could be sent now, and for how long the oldest of them has been; 0 when there is none. */
export async function waitingEvents(db: Database): Promise<{ waiting: number; oldestSeconds: number }> {
  const row = await queryOne<{ waiting: string; oldest_seconds: number | null }>(
    db,
    'SELECT * FROM webhook_events_waiting()',
    [],
  );
  return { waiting: Number(row.waiting), oldestSeconds: row.oldest_seconds ?? 0 };
}
