import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { closeDatabase, type Database, openDatabase } from '@docusnap/db';
import {
  freePort,
  type MigratedDatabase,
  type MigratedPostgres,
  type RedisServer,
  type TemporaryFolder,
  temporaryFolder,
} from '@docusnap/testing';
import pg from 'pg';
import { type Service, startService } from '../chaos/service.ts';
import { fill, MASTER_KEY_ID, type Mix } from './fill.ts';

const GATEWAY = fileURLToPath(new URL('../../../../services/gateway/src/main.ts', import.meta.url));
const MASTER_KEY = `${MASTER_KEY_ID}:${randomBytes(32).toString('base64')}`;

/** A database of so many jobs and a gateway on it. */
export interface World {
  readonly jobs: number;
  readonly mix: Mix;
  readonly url: string;
  readonly metricsUrl: string;
  readonly key: string;
  readonly tenantId: string;
  readonly api: Database;
  readonly worker: Database;
  readonly database: MigratedDatabase;
  readonly gateway: Service;
  readonly fillSeconds: number;
  readonly vacuumSeconds: number;
  /** As a superuser. */
  sql<Row extends object>(text: string, values?: readonly unknown[]): Promise<Row[]>;
  close(): Promise<void>;
}

export interface Servers {
  readonly postgres: MigratedPostgres;
  readonly redis: RedisServer;
}

export interface WorldOptions {
  readonly jobs: number;
  readonly mix: Mix;
  /** Logical database of Redis, so that each world has doorbells of its own. */
  readonly redisDatabase: number;
}

/** What is set so that nothing is refused and nothing interferes that is not asked for: the limits of what may wait are above what waits. */
const SETTINGS = {
  MAX_WAITING_UNITS: '100000000',
  TENANT_WAITING_UNITS: '100000000',
  MAX_WAITING_BYTES: '1000000000000000',
  TENANT_WAITING_BYTES: '1000000000000000',
};

export async function openWorld(
  { postgres, redis }: Servers,
  { jobs, mix, redisDatabase }: WorldOptions,
): Promise<World> {
  const database = await postgres.database(`depth_${mix}_${jobs}`);
  const started = performance.now();
  const { tenantId, key } = await fill(database.superuserUrl, { jobs, mix });
  const filled = performance.now();
  const superuser = new pg.Client({ connectionString: database.superuserUrl });
  await superuser.connect();
  await superuser.query('VACUUM (ANALYZE)');
  const vacuumed = performance.now();
  const folder = await temporaryFolder('depth');
  const { gateway, url, metricsUrl } = await startGateway({
    database,
    folder,
    redisUrl: `redis://127.0.0.1:${redis.port}/${redisDatabase}`,
  });
  const [api, worker] = [
    openDatabase(database.apiUrl, { poolSize: 2 }),
    openDatabase(database.workerUrl, { poolSize: 4 }),
  ];
  return {
    jobs,
    mix,
    url,
    metricsUrl,
    key,
    tenantId,
    api,
    worker,
    database,
    gateway,
    fillSeconds: (filled - started) / 1_000,
    vacuumSeconds: (vacuumed - filled) / 1_000,
    sql: async <Row extends object>(text: string, values: readonly unknown[] = []) =>
      (await superuser.query<Row>(text, [...values])).rows,
    async close() {
      await gateway.close();
      await Promise.all([closeDatabase(api), closeDatabase(worker), superuser.end()]);
      await folder.remove();
      await database.drop();
    },
  };
}

interface GatewayPlace {
  readonly database: MigratedDatabase;
  readonly folder: TemporaryFolder;
  readonly redisUrl: string;
}

async function startGateway({ database, folder, redisUrl }: GatewayPlace) {
  const [port, metricsPort] = [await freePort(), await freePort()];
  const gateway = startService({
    name: `gateway of ${new URL(database.apiUrl).pathname.slice(1)}`,
    enter: [],
    command: [GATEWAY],
    environment: {
      PATH: process.env.PATH ?? '',
      HOME: folder.path,
      TMPDIR: folder.path,
      NODE_COMPILE_CACHE: join(folder.path, 'compiled'),
      DATABASE_URL: database.apiUrl,
      DATABASE_WORKER_URL: database.workerUrl,
      REDIS_URL: redisUrl,
      BLOB_DIR: join(folder.path, 'blobs'),
      MASTER_KEY,
      MIN_FREE_DISK_BYTES: '0',
      MIN_FREE_MEMORY_BYTES: '0',
      PORT: String(port),
      METRICS_PORT: String(metricsPort),
      LOG_LEVEL: 'warn',
      ...SETTINGS,
    },
    readyWord: 'listening',
    onLine: ({ text }) => {
      if (text.includes('"level":50') || !text.startsWith('{')) console.error(text);
    },
    onCrash: ({ code, lastWords }) => console.error(`a gateway ended with ${code}:\n${lastWords}`),
  });
  await untilReady(`http://127.0.0.1:${port}/readyz`);
  return { gateway, url: `http://127.0.0.1:${port}`, metricsUrl: `http://127.0.0.1:${metricsPort}/metrics` };
}

const START_MS = 60_000;

async function untilReady(url: string): Promise<void> {
  const deadline = performance.now() + START_MS;
  for (;;) {
    const isReady = await fetch(url).then(
      async (answer) => (await answer.text()) !== '' && answer.ok,
      () => false,
    );
    if (isReady) return;
    if (performance.now() > deadline)
      throw new Error(`The gateway at ${url} did not serve within ${START_MS / 1_000} s.`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
