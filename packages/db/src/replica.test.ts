import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import {
  describeNeeding,
  FOR_REPLICAS,
  type PostgresServer,
  type ReplicaServer,
  ROLE_PASSWORDS,
  startPostgres,
  startReplica,
  urlFor,
} from '@docusnap/testing';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { closeDatabase, type Database, openDatabase } from './connection.ts';
import { createJob, eraseJob } from './jobs.ts';
import { listJobs } from './list.ts';
import { migrate } from './migrate.ts';
import { openReplica, type Replica, readEither } from './replica.ts';
import { ensureDatabase, ensureRoles } from './roles.ts';
import { newJob } from './test-jobs.ts';

const LOOK_MS = 50;
const MOST_SECONDS = 3;

describeNeeding('postgres-15', 'a streaming replica (PostgreSQL 15)', () => {
  let server: PostgresServer;
  let follower: ReplicaServer;
  let primary: Database;
  let replica: Replica;
  let tenantId: string;
  let changes: string[];
  const urlOf = (role: string, password: string): string => urlFor(server.superuserUrl, 'docusnap', role, password);
  const replicaUrl = (): string => {
    const url = new URL(urlOf('docusnap_api', ROLE_PASSWORDS.apiPassword));
    url.port = String(follower.port);
    return url.toString();
  };

  beforeAll(async () => {
    server = await startPostgres({ version: 15, settings: FOR_REPLICAS });
    await ensureRoles(server.superuserUrl, ROLE_PASSWORDS);
    await ensureDatabase(server.superuserUrl, 'docusnap');
    await migrate(urlOf('docusnap_owner', ROLE_PASSWORDS.ownerPassword));
    follower = await startReplica(server);
  });
  afterAll(async () => {
    await follower.stop();
    await server.stop();
  });
  beforeEach(async () => {
    primary = openDatabase(urlOf('docusnap_api', ROLE_PASSWORDS.apiPassword));
    tenantId = await addTenant();
    changes = [];
    replica = openReplica(replicaUrl(), primary, {
      maxLagSeconds: MOST_SECONDS,
      everyMs: LOOK_MS,
      onChange: (isUsed, why) => void changes.push(isUsed ? 'used' : why),
    });
  });
  afterEach(async () => {
    await replica.close();
    await closeDatabase(primary);
  });

  async function addTenant(): Promise<string> {
    const owner = openDatabase(urlOf('docusnap_owner', ROLE_PASSWORDS.ownerPassword), { poolSize: 1 });
    const id = randomUUID();
    await owner.pool.query("INSERT INTO tenants (id, name) VALUES ($1, 'a tenant')", [id]);
    await closeDatabase(owner);
    return id;
  }

  /** Until it is used, or is not. */
  async function until(used: boolean): Promise<void> {
    while ((replica.usable() !== null) !== used) await pause(LOOK_MS);
  }

  const idsIn = async (db: Database, tenant = tenantId): Promise<string[]> =>
    (await listJobs(db, tenant, { limit: 10 })).jobs.map(({ id }) => id);
  const listed = (): Promise<string[]> => readEither(replica, primary, (db) => idsIn(db));

  test('is read while it keeps up, sees one tenant only, and takes no writes', async () => {
    const { id } = await createJob(primary, newJob(tenantId));
    await until(true);
    while ((await idsIn(replica.usable()!)).length === 0) await pause(LOOK_MS);
    expect(await listed()).toEqual([id]);
    expect(await idsIn(replica.usable()!, await addTenant())).toEqual([]);
    const read = await replica.usable()!.pool.query('SELECT count(*)::int AS jobs FROM jobs');
    expect(read.rows).toEqual([{ jobs: 0 }]);
    await expect(eraseJob(replica.usable()!, tenantId, id)).rejects.toMatchObject({ code: 'internal' });
    while ((replica.lagSeconds() ?? Number.POSITIVE_INFINITY) >= MOST_SECONDS) await pause(LOOK_MS);
  });

  test('is left alone once it is further behind than allowed, and read again when it has caught up', async () => {
    await until(true);
    await follower.pause();
    const { id } = await createJob(primary, newJob(tenantId));
    await until(false);
    while (changes.length < 2) await pause(LOOK_MS);
    expect(changes).toEqual(['used', 'it is further behind than allowed']);
    expect(await listed()).toEqual([id]);
    await follower.resume();
    await until(true);
    expect(await idsIn(replica.usable()!)).toEqual([id]);
  });

  test('one that went on where the primary was set back is not believed, however far it is', async () => {
    await until(true);
    // As a primary that was restored to an earlier moment: it has the beginning of the log, and then one of its own.
    const restored = await startReplica(server);
    await restored.promote();
    const url = new URL(urlOf('docusnap_api', ROLE_PASSWORDS.apiPassword));
    url.port = String(restored.port);
    const other = openDatabase(url.toString());
    while ((await other.pool.query('SELECT pg_is_in_recovery() AS yes')).rows[0].yes) await pause(LOOK_MS);
    for (let n = 0; n < 20; n += 1) await createJob(primary, newJob(tenantId));
    const whys: string[] = [];
    const onChange = (isUsed: boolean, why: string): void => void whys.push(isUsed ? 'used' : why);
    const mistaken = openReplica(replicaUrl(), other, { maxLagSeconds: MOST_SECONDS, everyMs: LOOK_MS, onChange });
    await pause(10 * LOOK_MS);
    expect([mistaken.usable(), whys]).toEqual([null, []]);
    await mistaken.close();
    await closeDatabase(other);
    await restored.stop();
    await until(true);
  });

  test('when it goes away in the midst of a read the primary is read, and one that was promoted is not believed', async () => {
    const { id } = await createJob(primary, newJob(tenantId));
    await until(true);
    let asked = 0;
    const answer = await readEither(replica, primary, async (db) => {
      asked += 1;
      if (asked === 1) await follower.stop();
      return idsIn(db);
    });
    expect([answer, asked, replica.usable()]).toEqual([[id], 2, null]);
    follower = await startReplica(server);
    await replica.close();
    replica = openReplica(replicaUrl(), primary, {
      maxLagSeconds: MOST_SECONDS,
      everyMs: LOOK_MS,
      onChange: (isUsed, why) => void changes.push(isUsed ? 'used' : why),
    });
    await until(true);
    await follower.promote();
    await until(false);
    expect(changes.at(-1)).toBe('it is no replica, or no longer: it was promoted');
  });
});
