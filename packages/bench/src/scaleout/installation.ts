import { randomBytes } from 'node:crypto';
import { renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import {
  findTool,
  freePort,
  type InstalledDatabase,
  migrateInto,
  type Pooler,
  type PostgresServer,
  type RedisServer,
  startPooler,
  startPostgres,
  startRedis,
  type TemporaryFolder,
  temporaryFolder,
} from '@docusnap/testing';
import pg from 'pg';
import { type Crash, type Service, type ServiceLine, startService } from '../chaos/service.ts';

const root = (path: string): string => fileURLToPath(new URL(`../../../../${path}`, import.meta.url));
const GATEWAY = root('services/gateway/src/main.ts');
const OCR = root('services/ocr/src/rehearsal/stand-in/main.ts');
/** Started at a time: more only wait for the same cores. */
const STARTS_AT_ONCE = 4;
/** As an installation would have them, but for the size of the memory; commits are on the disk before they are answered. */
const POSTGRES = {
  shared_preload_libraries: 'pg_stat_statements',
  // What functions run is told apart from what is sent.
  'pg_stat_statements.track': 'all',
  fsync: 'on',
  full_page_writes: 'on',
  synchronous_commit: 'on',
  max_connections: '700',
  shared_buffers: '128MB',
};

export type QueueKind = 'redis' | 'postgres';

/** How long the stand-in holds a reader, and how much text a page has. */
export interface Pace {
  readonly holdMs: number;
  readonly lines: number;
}

/** A gateway as callers and scrapers reach it. */
export interface Gateway extends Service {
  readonly url: string;
  readonly metricsUrl: string;
}

/** One PostgreSQL, one Redis, some gateways and any number of ocr processes of one reader each, on this machine. */
export interface Installation {
  readonly queue: QueueKind;
  readonly key: string;
  readonly postgres: PostgresServer;
  readonly redis: RedisServer | undefined;
  /** Whether the gateways reach the database through pgBouncer. */
  readonly pooled: boolean;
  readonly gateways: Gateway[];
  readonly ocrs: Service[];
  /** On a superuser's connection. */
  sql<Row extends object>(text: string, values?: readonly unknown[]): Promise<Row[]>;
  setPace(pace: Pace): void;
  /** Starts processes until there are so many. */
  grow(to: { readonly gateways: number; readonly ocrs: number }): Promise<void>;
  close(): Promise<void>;
}

export interface InstallationOptions {
  readonly queue: QueueKind;
  /** Readers that are only held, or that decode and make images as well. */
  readonly readers: 'held' | 'decoding';
  /** Each line of the ocr processes' logs. */
  readonly onLine: (line: ServiceLine) => void;
  readonly onCrash: (words: string) => void;
}

export async function startInstallation(options: InstallationOptions): Promise<Installation> {
  const closing: (() => Promise<unknown>)[] = [];
  const close = async (): Promise<void> => {
    for (let step = closing.pop(); step; step = closing.pop()) await step();
  };
  try {
    const folder = await temporaryFolder('scaleout');
    closing.push(folder.remove);
    const postgres = await startPostgres({ settings: POSTGRES });
    closing.push(postgres.stop);
    const database = await migrateInto(postgres.superuserUrl);
    const redis = options.queue === 'redis' ? await startRedis() : undefined;
    if (redis) closing.push(redis.stop);
    const pooler = findTool('pgbouncer') === null ? undefined : await startPooler(postgres.port);
    if (pooler) closing.push(pooler.stop);
    const admin = new pg.Client({ connectionString: database.superuserUrl, application_name: 'bench' });
    await admin.connect();
    closing.push(() => admin.end());
    await admin.query('CREATE EXTENSION IF NOT EXISTS pg_stat_statements');
    const key = `ds_${randomBytes(4).toString('hex')}_${randomBytes(32).toString('base64url')}`;
    writeFileSync(join(folder.path, 'key'), `${key}\n`, { mode: 0o600 });
    const parts = { folder, database, redis, pooler, options };
    const gateways: Gateway[] = [];
    const ocrs: Service[] = [];
    const started: Service[] = [];
    closing.push(async () => void (await Promise.all(started.map((service) => service.close()))));
    return {
      queue: options.queue,
      key,
      postgres,
      redis,
      pooled: pooler !== undefined,
      gateways,
      ocrs,
      sql: async <Row extends object>(text: string, values: readonly unknown[] = []) =>
        (await admin.query<Row>(text, [...values])).rows,
      setPace: (pace) => writePace(folder, pace),
      async grow(to) {
        while (gateways.length < to.gateways) {
          const gateway = await startGateway(parts, gateways.length);
          started.push(gateway);
          await gateway.ready();
          // Not before it listens: who feeds goes round all that are named here, while others start.
          gateways.push(gateway);
        }
        while (ocrs.length < to.ocrs) {
          const count = Math.min(STARTS_AT_ONCE, to.ocrs - ocrs.length);
          const begun = await Promise.all(Array.from({ length: count }, (_, at) => startOcr(parts, ocrs.length + at)));
          started.push(...begun);
          ocrs.push(...begun);
          await Promise.all(begun.map((service) => service.ready()));
        }
      },
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}

interface Parts {
  readonly folder: TemporaryFolder;
  readonly database: InstalledDatabase;
  readonly redis: RedisServer | undefined;
  readonly pooler: Pooler | undefined;
  readonly options: InstallationOptions;
}

const MASTER_KEY = `scaleout:${randomBytes(32).toString('base64')}`;

/** Never half written: readers look at it for each page. */
function writePace({ path }: TemporaryFolder, pace: Pace): void {
  writeFileSync(join(path, 'pace.new'), JSON.stringify(pace));
  renameSync(join(path, 'pace.new'), join(path, 'pace'));
}

async function environmentOf({ folder, database, redis }: Parts): Promise<Record<string, string>> {
  return {
    PATH: process.env.PATH ?? '',
    HOME: folder.path,
    TMPDIR: folder.path,
    NODE_COMPILE_CACHE: join(folder.path, 'compiled'),
    HOST: '127.0.0.1',
    PORT: String(await freePort()),
    METRICS_PORT: String(await freePort()),
    DATABASE_WORKER_URL: database.workerUrl,
    ...(redis ? { REDIS_URL: redis.url } : {}),
    BLOB_DIR: join(folder.path, 'blobs'),
    MASTER_KEY,
    LOG_LEVEL: 'info',
  };
}

async function startGateway(parts: Parts, index: number): Promise<Gateway> {
  const { database, pooler, folder, options } = parts;
  const pooled = new URL(database.apiUrl);
  if (pooler) pooled.port = String(pooler.port);
  const environment: Record<string, string> = {
    ...(await environmentOf(parts)),
    DATABASE_URL: pooled.toString(),
    DATABASE_DIRECT_URL: database.apiUrl,
    BOOTSTRAP_API_KEY_FILE: join(folder.path, 'key'),
  };
  const service = startService({
    name: `gateway-${index + 1}`,
    enter: [],
    command: [GATEWAY],
    environment,
    readyWord: 'listening',
    onLine: () => undefined,
    onCrash: (crash) => tell(options, crash),
  });
  return {
    ...service,
    url: `http://127.0.0.1:${environment.PORT}`,
    metricsUrl: `http://127.0.0.1:${environment.METRICS_PORT}/metrics`,
  };
}

async function startOcr(parts: Parts, index: number): Promise<Service> {
  const { folder, options } = parts;
  const environment = {
    ...(await environmentOf(parts)),
    STAND_IN_PACE_FILE: join(folder.path, 'pace'),
    STAND_IN_READER: options.readers,
    OCR_READERS: '1',
    PAGE_THREADS: '1',
    READER_MAX_PAGES: '1000000',
  };
  return startService({
    name: `ocr-${index + 1}`,
    enter: [],
    command: [OCR],
    environment,
    readyWord: 'ready',
    onLine: options.onLine,
    onCrash: (crash) => tell(options, crash),
  });
}

/** One that could not start yet, since the machine is busy with starting others, is started again. */
function tell({ onCrash }: InstallationOptions, { service, served, lastWords }: Crash): void {
  if (served) onCrash(`${service} ended: ${lastWords}`);
}
