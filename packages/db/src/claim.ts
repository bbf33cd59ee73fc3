import { type JobOptions, LEASE, type MediaType, type Unit, type UnitKind } from '@docusnap/contracts';
import { type Database, query, queryOne } from './connection.ts';
import { type RenditionMark, valuesOf } from './renditions.ts';

export interface UnitRow {
  readonly id: string;
  readonly kind: UnitKind;
  readonly job_id: string;
  readonly tenant_id: string;
  readonly file_index: number;
  readonly frame: number | null;
  readonly token: string;
  readonly attempt: number;
  readonly media_type: MediaType;
  readonly options: JobOptions;
  readonly master_key_id: string;
  readonly wrapped_key: Buffer;
}

/**
 * Takes the unit that is next (migrations/0009_turns.sql says which that is), with a lease of LEASE.seconds by the database's
 * clock; null when nothing waits.
 *
 * @param claimant.holder who has it, for people who look into the table
 * @param claimant.served the job that its reader served last, if any: others have their turn before it
 */
export async function claimUnit(
  db: Database,
  { holder, served = null }: { holder: string; served?: string | null },
): Promise<Unit | null> {
  const [row] = await query<UnitRow>(db, 'SELECT * FROM claim_unit($1, $2, $3)', [holder, LEASE.seconds, served]);
  return row === undefined ? null : unitOf(row);
}

/**
 * The same, and in the same transaction what became of the images of pages that were read before is kept.
 *
 * @returns beside the unit the jobs that are gone, whose images must go too, and the marks whose pages somebody has in hand: keep those alone
 */
export async function claimUnitMarking(
  db: Database,
  { holder, served = null }: { holder: string; served?: string | null },
  marks: readonly RenditionMark[],
): Promise<{ readonly unit: Unit | null; readonly gone: readonly string[]; readonly busy: readonly RenditionMark[] }> {
  const { gone, busy, ...row } = await queryOne<{ gone: string[]; busy: number[] } & (UnitRow | { id: null })>(
    db,
    'SELECT m.*, c.* FROM mark_all_renditions($4, $5, $6, $7) m LEFT JOIN claim_unit($1, $2, $3) c ON true',
    [holder, LEASE.seconds, served, ...valuesOf(marks)],
  );
  return { unit: row.id === null ? null : unitOf(row), gone, busy: marks.filter((_mark, at) => busy.includes(at + 1)) };
}

export function unitOf(row: UnitRow): Unit {
  return {
    id: row.id,
    kind: row.kind,
    jobId: row.job_id,
    tenantId: row.tenant_id,
    fileIndex: row.file_index,
    fileFrame: row.frame,
    mediaType: row.media_type,
    options: row.options,
    key: { masterKeyId: row.master_key_id, wrapped: row.wrapped_key },
    token: row.token,
    attempt: row.attempt,
  };
}

/**
 * Renews leases for LEASE.seconds from now. A lease that ran out is taken again unless another claim came first.
 *
 * @returns the ids of those still held; work on any other is in vain
 */
export async function renewUnits(db: Database, units: readonly Pick<Unit, 'id' | 'token'>[]): Promise<Set<string>> {
  if (units.length === 0) return new Set();
  const ids = units.map(({ id }) => id);
  const tokens = units.map(({ token }) => token);
  const rows = await query<{ id: string }>(db, 'SELECT renew_units($1, $2, $3) AS id', [ids, tokens, LEASE.seconds]);
  return new Set(rows.map(({ id }) => id));
}

/** As `renewUnits`, but renews nothing: the ids of those still held. */
export async function heldUnits(db: Database, units: readonly Pick<Unit, 'id' | 'token'>[]): Promise<Set<string>> {
  const rows = await query<{ id: string }>(
    db,
    'SELECT u.id FROM unnest($1::bigint[], $2::bigint[]) AS mine (id, token) JOIN units u ON u.id = mine.id AND u.token = mine.token',
    [units.map(({ id }) => id), units.map(({ token }) => token)],
  );
  return new Set(rows.map(({ id }) => id));
}
