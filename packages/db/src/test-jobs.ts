import { randomBytes, randomUUID, randomUUIDv7 } from 'node:crypto';
import type { Unit } from '@docusnap/contracts';
import {
  describeNeeding,
  POSTGRES_VERSIONS,
  type PostgresVersion,
  type TestDatabase,
  testDatabase,
} from '@docusnap/testing';
import { afterAll } from '@jest/globals';
import pg from 'pg';
import { claimUnit } from './claim.ts';
import { closeDatabase, type Database, openDatabase } from './connection.ts';
import { createJob, type NewJob } from './jobs.ts';
import { saveOpenedFile, savePage } from './save.ts';

// For this package's tests only.

export interface Scene {
  readonly database: TestDatabase;
  readonly api: Database;
  readonly worker: Database;
  readonly tenantId: string;
}

type Stage = Omit<Scene, 'tenantId'>;

/** One database a file and version, emptied for each test: six times as fast as a new one each time. */
const stages = new Map<PostgresVersion, Stage>();

/** The same tests on every PostgreSQL that is to be had here; in them, `inScene` plays. */
export function onEachPostgres(name: string, body: (version: PostgresVersion) => void): void {
  for (const version of POSTGRES_VERSIONS) {
    describeNeeding(version === 15 ? 'postgres-15' : null, `${name} (PostgreSQL ${version})`, () => {
      afterAll(() => strike(version));
      body(version);
    });
  }
}

/** Runs a test in an empty database with one tenant. */
export async function inScene(version: PostgresVersion, play: (scene: Scene) => Promise<void>): Promise<void> {
  const stage = stages.get(version) ?? (await setUp(version));
  await asOwner(stage.database, 'TRUNCATE tenants, workers CASCADE');
  await play({ ...stage, tenantId: await addTenant(stage.database) });
}

async function setUp(version: PostgresVersion): Promise<Stage> {
  const database = await testDatabase({ version });
  const stage = { database, api: openDatabase(database.apiUrl), worker: openDatabase(database.workerUrl) };
  stages.set(version, stage);
  return stage;
}

async function strike(version: PostgresVersion): Promise<void> {
  const stage = stages.get(version);
  if (stage === undefined) return;
  stages.delete(version);
  await Promise.all([closeDatabase(stage.api), closeDatabase(stage.worker)]);
  await stage.database.drop();
}

/** As the owner, past all policies: to look at what is there and to make time pass. */
export async function asOwner<Row extends pg.QueryResultRow>(
  database: TestDatabase,
  text: string,
  values: unknown[] = [],
): Promise<Row[]> {
  const client = new pg.Client({ connectionString: database.ownerUrl });
  await client.connect();
  try {
    return (await client.query<Row>(text, values)).rows;
  } finally {
    await client.end();
  }
}

export async function addTenant(database: TestDatabase): Promise<string> {
  const id = randomUUID();
  await asOwner(database, 'INSERT INTO tenants (id, name) VALUES ($1, $2)', [id, 'a tenant']);
  return id;
}

export function newJob(
  tenantId: string,
  options: { files?: number; priority?: number; name?: string; pictures?: boolean } = {},
): NewJob {
  return {
    id: randomUUIDv7(),
    tenantId,
    options: { priority: options.priority ?? 5 },
    metadata: { reference: 'R-1' },
    key: { masterKeyId: 'k1', wrapped: randomBytes(60) },
    files: Array.from({ length: options.files ?? 1 }, (_, index) => ({
      name: options.name ?? `scan-${index}.pdf`,
      mediaType: options.pictures ? ('image/png' as const) : ('application/pdf' as const),
      bytes: 1_000 + index,
      sha256: 'ab'.repeat(32),
    })),
  };
}

/** Submits a job and gives its id. */
export async function submit(
  scene: Scene,
  options: Parameters<typeof newJob>[1] & { tenantId?: string } = {},
): Promise<string> {
  return (await createJob(scene.api, newJob(options.tenantId ?? scene.tenantId, options))).id;
}

/** Submits a job of one file and opens that, whatever else may be waiting; its pages wait. */
export async function submitOpened(
  scene: Scene,
  frames: number,
  options: Parameters<typeof submit>[1] = {},
): Promise<string> {
  const id = await submit(scene, { ...options, files: 1 });
  const [unit] = await asOwner<{ id: string; token: string }>(
    scene.database,
    "UPDATE units SET token = nextval('unit_tokens'), leased_until = now() + interval '30 s' WHERE job_id = $1 RETURNING id, token",
    [id],
  );
  await saveOpenedFile(scene.worker, { ...unit!, jobId: id }, { frames });
  return id;
}

/** Claims a unit that must be there. */
export async function claim(scene: Scene, holder = 'a test'): Promise<Unit> {
  const unit = await claimUnit(scene.worker, { holder });
  if (unit === null) throw new Error('Nothing waits.');
  return unit;
}

export async function claimAll(scene: Scene, count: number): Promise<Unit[]> {
  const units: Unit[] = [];
  while (units.length < count) units.push(await claim(scene));
  return units;
}

export const READ = { sealed: Buffer.from('sealed text'), stages: { decode: 1.5, read: 20 } };

/** Reads everything that waits, as well as can be. */
export async function readAll(scene: Scene, frames = 1): Promise<void> {
  for (;;) {
    const unit = await claimUnit(scene.worker, { holder: 'a test' });
    if (unit === null) return;
    if (unit.kind === 'open') await saveOpenedFile(scene.worker, unit, { frames });
    else await savePage(scene.worker, unit, READ);
  }
}

/** Whether a statement waits for what another transaction holds. */
export async function isSomebodyWaiting({ database }: Pick<Scene, 'database'>): Promise<boolean> {
  const waiting = await asOwner(
    database,
    'SELECT FROM pg_locks l JOIN pg_stat_activity a USING (pid) WHERE a.datname = current_database() AND NOT l.granted',
  );
  return waiting.length > 0;
}

/** As if the holders of all units had been silent for longer than a lease. */
export async function letLeasesRunOut(scene: Scene): Promise<void> {
  await asOwner(
    scene.database,
    "UPDATE units SET leased_until = now() - interval '1 second' WHERE leased_until IS NOT NULL",
  );
}
