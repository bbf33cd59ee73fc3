import type { Scope, TenantLimits } from '@docusnap/contracts';
import { type Database, queryOne } from './connection.ts';
import { type GatheredRead, readGathered } from './gather.ts';

/** What key_caller() tells of a key. */
export interface KeyRow {
  readonly key_id: string;
  readonly tenant_id: string;
  readonly scopes: Scope[];
  readonly cache: boolean;
  readonly suspended: boolean;
  readonly key_limits: TenantLimits;
  readonly tenant_limits: TenantLimits;
}

/** What nearly every request asks: whose key this is, and at which version a job is. */
type Look = { readonly hash: Buffer } | { readonly jobId: string };

/** Null where there is no such key, or no longer. Many may share the round trip. */
export function lookUpKey(db: Database, hash: Uint8Array): Promise<KeyRow | null> {
  return readGathered(db, LOOKS, { hash: Buffer.from(hash) }) as Promise<KeyRow | null>;
}

/** Null of a job that is gone. Many may share the round trip. */
export function lookUpVersion(db: Database, jobId: string): Promise<number | null> {
  return readGathered(db, LOOKS, { jobId }) as Promise<number | null>;
}

/**
 * Both kinds in one statement: a turn in which polls come asks both, and a statement costs this process and PostgreSQL as much as tens of rows. They come as
 * JSON, which is read faster than rows are; ids as values, since an object with dozens of names that were never seen takes more than twice as long.
 */
const STATEMENT = `SELECT
  (SELECT json_agg(to_json(found)) FROM
    (SELECT place::int, caller.* FROM unnest($1::bytea[]) WITH ORDINALITY asked (hash, place), key_caller(asked.hash) caller) found) AS callers,
  (SELECT json_build_array(json_agg(id), json_agg(version)) FROM job_versions($2)) AS versions`;

const LOOKS: GatheredRead<Look, KeyRow | number | null> = {
  // A hash has 32 characters so written, an id 36.
  keyOf: (look) => ('hash' in look ? look.hash.toString('latin1') : look.jobId),
  readAll: async (db, looks) => {
    const hashes = looks.flatMap((look) => ('hash' in look ? [look.hash] : []));
    const jobIds = looks.flatMap((look) => ('jobId' in look ? [look.jobId] : []));
    const { callers, versions } = await queryOne<{
      callers: readonly (KeyRow & { readonly place: number })[] | null;
      versions: readonly [readonly string[] | null, readonly number[] | null];
    }>(db, STATEMENT, [hashes, jobIds]);
    const byPlace = new Map(callers?.map((caller) => [caller.place, caller]));
    const byId = new Map(versions[0]?.map((id, index) => [id, versions[1]?.[index]]));
    let place = 0;
    return looks.map((look) => {
      if ('jobId' in look) return byId.get(look.jobId) ?? null;
      place += 1;
      return byPlace.get(place) ?? null;
    });
  },
};
