import { AppError, type AuditEntryBody } from '@docusnap/contracts';
import { listAudit, listAuditOfAll, type StoredAuditEntry } from '@docusnap/db';
import { z } from 'zod';
import type { Ports } from '../ports.ts';
import type { Call } from '../route.ts';

export const AuditQuery = z.strictObject({
  from: z.iso.datetime({ offset: true }).optional().describe('Entries at that time or later.'),
  to: z.iso.datetime({ offset: true }).optional().describe('Entries before that time.'),
  all: z
    .enum(['true', 'false'])
    .default('false')
    .describe('true: of all tenants, and refusals of which nobody knows the tenant; for operators.'),
  limit: z.coerce.number().int().min(1).max(500).default(100),
  cursor: z.string().max(200).optional().describe('next_cursor of the list before.'),
});

/** `GET /v1/audit`: newest first. */
export async function listEntries(
  ports: Ports,
  { response, query, caller }: Call<z.output<typeof AuditQuery>>,
): Promise<void> {
  if (query.all === 'true' && !caller.scopes.includes('operator')) {
    throw new AppError('forbidden', 'Entries of all tenants need the scope "operator".');
  }
  const filter = {
    limit: query.limit + 1,
    from: query.from === undefined ? undefined : new Date(query.from),
    to: query.to === undefined ? undefined : new Date(query.to),
    after: query.cursor === undefined ? undefined : decodeCursor(query.cursor),
  };
  const found =
    query.all === 'true'
      ? await listAuditOfAll(ports.operatorDb, filter)
      : await listAudit(ports.db, caller.tenantId, filter);
  const entries = found.slice(0, query.limit);
  const last = found.length > query.limit ? entries.at(-1) : undefined;
  response.json({ entries: entries.map(entryBody), next_cursor: last ? encodeCursor(last) : null });
}

const After = z.tuple([z.iso.datetime(), z.uuid()]);

function encodeCursor({ at, id }: StoredAuditEntry): string {
  return Buffer.from(JSON.stringify([at.toISOString(), id])).toString('base64url');
}

function decodeCursor(cursor: string): { at: Date; id: string } {
  try {
    const [at, id] = After.parse(JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8')));
    return { at: new Date(at), id };
  } catch (cause) {
    throw new AppError('bad_request', 'cursor: take next_cursor of the list before as it is.', { cause });
  }
}

function entryBody(entry: StoredAuditEntry): AuditEntryBody {
  return {
    at: entry.at.toISOString(),
    tenant_id: entry.tenantId,
    key_id: entry.keyId,
    subject: entry.subject,
    action: entry.action,
    target: entry.target,
    status: entry.status,
    request_id: entry.requestId,
    address: entry.address,
    times: entry.times,
  };
}
