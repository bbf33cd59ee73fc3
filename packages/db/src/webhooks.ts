import { randomUUIDv7 } from 'node:crypto';
import { AppError, type Webhook, type WebhookEvent, type WrappedKey } from '@docusnap/contracts';
import { type Database, withTenant } from './connection.ts';
import { finishWithin, type OnceOptions } from './once.ts';

export interface NewWebhook {
  /** Of the caller's making (`crypto.randomUUIDv7()`). */
  readonly id: string;
  readonly url: string;
  readonly name: string;
  readonly events: readonly WebhookEvent[];
  readonly keyId: string | null;
  readonly onlyNamed: boolean;
}

/** A secret of an endpoint, 32 bytes wrapped by a master key. */
export interface WebhookSecretKey {
  readonly id: string;
  readonly key: WrappedKey;
}

interface WebhookRow {
  readonly id: string;
  readonly tenant_id: string;
  readonly url: string;
  readonly name: string;
  readonly events: WebhookEvent[];
  readonly key_id: string | null;
  readonly only_named: boolean;
  readonly disabled_at: Date | null;
  readonly disabled_reason: Webhook['disabledReason'];
  readonly failing_since: Date | null;
  readonly created_at: Date;
}

const COLUMNS =
  'id, tenant_id, url, name, events, key_id, only_named, disabled_at, disabled_reason, failing_since, created_at';

/** Adds an endpoint with its first secret. Throws `too_many_webhooks`, `idempotency_key_in_use`. */
export function createWebhook(
  db: Database,
  tenantId: string,
  { webhook, secret }: { readonly webhook: NewWebhook; readonly secret: WebhookSecretKey },
  options: OnceOptions = {},
): Promise<Webhook> {
  return withTenant(db, tenantId, async (client) => {
    const { id, url, name, events, keyId, onlyNamed } = webhook;
    const { rows } = await client.query<WebhookRow>(
      `INSERT INTO webhooks (id, tenant_id, url, name, events, key_id, only_named) VALUES ($1, $2, $3, $4, $5, $6, $7) RETURNING ${COLUMNS}`,
      [id, tenantId, url, name, events, keyId, onlyNamed],
    );
    await client.query(ADD_SECRET, [secret.id, id, tenantId, secret.key.masterKeyId, Buffer.from(secret.key.wrapped)]);
    await finishWithin(client, options);
    return webhookFrom(rows[0]!);
  });
}

const ADD_SECRET =
  'INSERT INTO webhook_secrets (id, webhook_id, tenant_id, master_key_id, wrapped_key) VALUES ($1, $2, $3, $4, $5)';

/** All endpoints of the tenant, newest first. */
export function listWebhooks(db: Database, tenantId: string): Promise<Webhook[]> {
  return withTenant(db, tenantId, async (client) => {
    const { rows } = await client.query<WebhookRow>(
      `SELECT ${COLUMNS} FROM webhooks WHERE tenant_id = $1 ORDER BY created_at DESC, id DESC`,
      [tenantId],
    );
    return rows.map(webhookFrom);
  });
}

/** Throws `webhook_not_found`. */
export function readWebhook(db: Database, tenantId: string, webhookId: string): Promise<Webhook> {
  return withTenant(db, tenantId, async (client) => {
    const { rows } = await client.query<WebhookRow>(
      `SELECT ${COLUMNS} FROM webhooks WHERE tenant_id = $1 AND id = $2`,
      [tenantId, webhookId],
    );
    return webhookFrom(rows[0]);
  });
}

export interface WebhookChange {
  readonly url?: string | undefined;
  readonly name?: string | undefined;
  readonly events?: readonly WebhookEvent[] | undefined;
  readonly enabled?: boolean | undefined;
}

/** Changes what is given. Enabling it forgets why it was disabled and that it failed. Throws `webhook_not_found`. */
export function changeWebhook(
  db: Database,
  tenantId: string,
  webhookId: string,
  { url, name, events, enabled }: WebhookChange,
): Promise<Webhook> {
  return withTenant(db, tenantId, async (client) => {
    const { rows } = await client.query<WebhookRow>(
      `UPDATE webhooks SET url = coalesce($3, url), name = coalesce($4, name), events = coalesce($5, events),
         disabled_at = CASE WHEN $6 THEN NULL WHEN NOT $6 THEN coalesce(disabled_at, now()) ELSE disabled_at END,
         disabled_reason = CASE WHEN $6 THEN NULL WHEN NOT $6 THEN coalesce(disabled_reason, 'by_call') ELSE disabled_reason END,
         failing_since = CASE WHEN $6 THEN NULL ELSE failing_since END,
         not_before = CASE WHEN $6 THEN NULL ELSE not_before END
       WHERE tenant_id = $1 AND id = $2 RETURNING ${COLUMNS}`,
      [tenantId, webhookId, url ?? null, name ?? null, events ?? null, enabled ?? null],
    );
    return webhookFrom(rows[0]);
  });
}

/** Nothing is sent to it any more, not even what waits. Throws `webhook_not_found`. */
export function deleteWebhook(db: Database, tenantId: string, webhookId: string): Promise<void> {
  return withTenant(db, tenantId, async (client) => {
    const { rowCount } = await client.query('DELETE FROM webhooks WHERE tenant_id = $1 AND id = $2', [
      tenantId,
      webhookId,
    ]);
    if (rowCount === 0) throw new AppError('webhook_not_found');
  });
}

/** Signs with this secret from now on, and with those before for so many seconds more at most. Throws `webhook_not_found`, `idempotency_key_in_use`. */
export function rotateWebhookSecret(
  db: Database,
  tenantId: string,
  webhookId: string,
  {
    secret,
    keepOldSeconds,
    once,
  }: { readonly secret: WebhookSecretKey; readonly keepOldSeconds: number } & OnceOptions,
): Promise<Webhook> {
  return withTenant(db, tenantId, async (client) => {
    const { rows } = await client.query<WebhookRow>(
      // Held, or deleted in between it would let no secret be added.
      `SELECT ${COLUMNS} FROM webhooks WHERE tenant_id = $1 AND id = $2 FOR UPDATE`,
      [tenantId, webhookId],
    );
    const webhook = webhookFrom(rows[0]);
    await client.query(
      `UPDATE webhook_secrets SET expires_at = least(expires_at, now() + make_interval(secs => $3))
       WHERE tenant_id = $1 AND webhook_id = $2`,
      [tenantId, webhookId, keepOldSeconds],
    );
    await client.query(
      // But for the millisecond that it is rounded to.
      "DELETE FROM webhook_secrets WHERE tenant_id = $1 AND webhook_id = $2 AND expires_at <= now() + interval '1 ms'",
      [tenantId, webhookId],
    );
    await client.query(ADD_SECRET, [
      secret.id,
      webhookId,
      tenantId,
      secret.key.masterKeyId,
      Buffer.from(secret.key.wrapped),
    ]);
    await finishWithin(client, { once });
    return webhook;
  });
}

/** Puts a ping for the endpoint into the outbox, and gives the event's id. Throws `webhook_not_found`, `webhook_disabled`. */
export async function pingWebhook(
  db: Database,
  tenantId: string,
  webhookId: string,
  { type, windowSeconds }: { readonly type: string; readonly windowSeconds: number },
): Promise<string> {
  const id = randomUUIDv7();
  await withTenant(db, tenantId, async (client) => {
    const { rows } = await client.query<WebhookRow>(
      // Held, or deleted in between it would let no event be added.
      `SELECT ${COLUMNS} FROM webhooks WHERE tenant_id = $1 AND id = $2 FOR UPDATE`,
      [tenantId, webhookId],
    );
    if (webhookFrom(rows[0]).disabledAt) throw new AppError('webhook_disabled');
    await client.query(
      `INSERT INTO webhook_events (id, tenant_id, webhook_id, lane, type, expires_at)
       VALUES ($1, $2, $3, $3, $4, now() + make_interval(secs => $5))`,
      [id, tenantId, webhookId, type, windowSeconds],
    );
  });
  return id;
}

function webhookFrom(row: WebhookRow | undefined): Webhook {
  if (row === undefined) throw new AppError('webhook_not_found');
  return {
    id: row.id,
    tenantId: row.tenant_id,
    url: row.url,
    name: row.name,
    events: row.events,
    keyId: row.key_id,
    onlyNamed: row.only_named,
    disabledAt: row.disabled_at,
    disabledReason: row.disabled_reason,
    failingSince: row.failing_since,
    createdAt: row.created_at,
  };
}
