import { randomUUIDv7 } from 'node:crypto';
import { type Database, query, withTenant } from './connection.ts';

/** Something that was done, or refused. No text of a document and no secret is in it. */
export interface AuditEntry {
  readonly at: Date;
  /** Null where nobody was recognised. */
  readonly tenantId: string | null;
  readonly keyId: string | null;
  /** Of a JWT. */
  readonly subject: string | null;
  /** Method and route. */
  readonly action: string;
  /** Id of what it was done to. */
  readonly target: string | null;
  readonly status: number;
  readonly requestId: string;
  readonly address: string | null;
  /** How often: refusals of one address and caller are one entry a minute. */
  readonly times: number;
}

export type StoredAuditEntry = AuditEntry & { readonly id: string };

/** Adds entries. Needs the worker role. */
export async function writeAudit(db: Database, entries: readonly AuditEntry[]): Promise<void> {
  if (entries.length === 0) return;
  const rows = entries.map((entry) => ({
    at: entry.at.toISOString(),
    id: randomUUIDv7(),
    tenant_id: entry.tenantId,
    key_id: entry.keyId,
    subject: entry.subject,
    action: entry.action,
    target: entry.target,
    status: entry.status,
    request_id: entry.requestId,
    address: entry.address,
    times: entry.times,
  }));
  await query(db, 'INSERT INTO audit_log SELECT * FROM jsonb_populate_recordset(NULL::audit_log, $1)', [
    JSON.stringify(rows),
  ]);
}

export interface AuditFilter {
  readonly limit: number;
  readonly from?: Date | undefined;
  readonly to?: Date | undefined;
  /** Entries older than this one. */
  readonly after?: { readonly at: Date; readonly id: string } | undefined;
}

/** Entries of one tenant, newest first. */
export function listAudit(db: Database, tenantId: string, filter: AuditFilter): Promise<StoredAuditEntry[]> {
  return withTenant(db, tenantId, async (client) => {
    const { rows } = await client.query<AuditRow>(...selection(filter, tenantId));
    return rows.map(entryFrom);
  });
}

/** Entries of all tenants and of nobody, newest first. Needs the worker role. */
export async function listAuditOfAll(db: Database, filter: AuditFilter): Promise<StoredAuditEntry[]> {
  return (await query<AuditRow>(db, ...selection(filter, null))).map(entryFrom);
}

interface AuditRow {
  readonly at: Date;
  readonly id: string;
  readonly tenant_id: string | null;
  readonly key_id: string | null;
  readonly subject: string | null;
  readonly action: string;
  readonly target: string | null;
  readonly status: number;
  readonly request_id: string;
  readonly address: string | null;
  readonly times: number;
}

function selection({ limit, from, to, after }: AuditFilter, tenantId: string | null): [string, unknown[]] {
  const values: unknown[] = [];
  const bind = (value: unknown): string => `$${values.push(value)}`;
  const conditions = [
    ...(tenantId === null ? [] : [`tenant_id = ${bind(tenantId)}`]),
    ...(from === undefined ? [] : [`at >= ${bind(from)}`]),
    ...(to === undefined ? [] : [`at < ${bind(to)}`]),
    ...(after === undefined ? [] : [`(at, id) < (${bind(after.at)}, ${bind(after.id)})`]),
  ];
  const where = conditions.length === 0 ? '' : `WHERE ${conditions.join(' AND ')}`;
  return [`SELECT * FROM audit_log ${where} ORDER BY at DESC, id DESC LIMIT ${bind(limit)}`, values];
}

function entryFrom(row: AuditRow): StoredAuditEntry {
  return {
    at: row.at,
    id: row.id,
    tenantId: row.tenant_id,
    keyId: row.key_id,
    subject: row.subject,
    action: row.action,
    target: row.target,
    status: row.status,
    requestId: row.request_id,
    address: row.address,
    times: row.times,
  };
}
