import { type Database, query } from './connection.ts';

/** How much may wait at a time. Units: files to open and pages to read; bytes: of the files of jobs that have not ended. */
export interface BacklogLimits {
  readonly units: number;
  readonly bytes: number;
  /** Of a tenant that has no limits of its own. */
  readonly unitsOfTenant: number;
  readonly bytesOfTenant: number;
}

/** What waits of all tenants, as the last sweep counted it. */
export interface Backlog {
  readonly units: number;
  readonly bytes: number;
  /** Tenants of which something waits. */
  readonly tenants: number;
}

/** For all processes, from the next submit on. Needs the worker role. */
export async function setBacklogLimits(db: Database, limits: BacklogLimits): Promise<void> {
  await query(db, ...backlogLimitsStatement(limits));
}

export function backlogLimitsStatement(limits: BacklogLimits): [text: string, values: number[]] {
  return [
    'UPDATE backlog SET most_units = $1, most_bytes = $2, most_units_of_tenant = $3, most_bytes_of_tenant = $4',
    [limits.units, limits.bytes, limits.unitsOfTenant, limits.bytesOfTenant],
  ];
}

/**
 * Whether a submit would be taken, before its files are. Throws `tenant_queue_full` and `queue_full` with the seconds after which it may be. What
 * counts is asked again, with its files, as it is stored.
 */
export async function refuseIfFull(
  db: Database,
  { tenantId, keyId }: { readonly tenantId: string; readonly keyId: string | null },
): Promise<void> {
  await query(db, 'SELECT refuse_if_full($1, $2, 1, 1)', [tenantId, keyId]);
}

/** Adds up what has changed since the last time. For the sweep, of which one runs at a time. */
export async function countBacklog(db: Database): Promise<void> {
  await query(db, 'SELECT count_backlog()', []);
}

export async function readBacklog(db: Database): Promise<Backlog> {
  const rows = await query<{ units: string; bytes: string; tenants: number }>(
    db,
    'SELECT units, bytes, tenants FROM backlog',
    [],
  );
  const { units = '0', bytes = '0', tenants = 0 } = rows[0] ?? {};
  return { units: Number(units), bytes: Number(bytes), tenants };
}
