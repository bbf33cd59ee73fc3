import { randomBytes } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import {
  freePort,
  preparedModelsFolder,
  type RedisServer,
  startMigratedPostgres,
  startRedis,
  temporaryFolder,
} from '@docusnap/testing';
import pg from 'pg';
import { GATEWAY_MEMORY, OCR_HEAP } from '../../../../deploy/embedded/src/services.ts';
import { type Service, startService } from '../chaos/service.ts';

const root = (path: string): string => fileURLToPath(new URL(`../../../../${path}`, import.meta.url));
const GATEWAY = root('services/gateway/src/main.ts');
/** Main programs of the ocr service by the engine their readers have. */
const OCR = {
  'stand-in': root('services/ocr/src/rehearsal/stand-in/main.ts'),
  real: root('services/ocr/src/main.ts'),
} as const;

export type Engine = keyof typeof OCR;

/** One gateway, one ocr service, PostgreSQL and Redis, each a process on this machine. */
export interface Installation {
  readonly url: string;
  readonly key: string;
  readonly gateway: Service;
  readonly ocr: Service;
  /** Of the postmaster. */
  readonly postgres: number;
  readonly redis: RedisServer;
  /** The folder of the stored files. */
  readonly store: string;
  /** What went wrong in a process, as it was told. */
  readonly troubles: readonly string[];
  sql<Row extends object>(text: string): Promise<Row[]>;
  close(): Promise<void>;
}

/** Vacuum comes as soon as there is something to do: else what is erased would lie for as long as a short run takes. */
const POSTGRES = { autovacuum_naptime: '2s', shared_buffers: '128MB', synchronous_commit: 'on' };
/** No reader is ever replaced: what it leaks would go with it. */
const NEVER = '1000000000';

export async function startInstallation(engine: Engine, { readers }: { readers: number }): Promise<Installation> {
  const closing: (() => Promise<unknown>)[] = [];
  const close = async (): Promise<void> => {
    for (let step = closing.pop(); step; step = closing.pop()) await step();
  };
  try {
    const folder = await temporaryFolder('endurance');
    closing.push(folder.remove);
    const postgres = await startMigratedPostgres(POSTGRES);
    closing.push(postgres.stop);
    const database = await postgres.database('endurance');
    const redis = await startRedis();
    closing.push(redis.stop);
    const watcher = new pg.Client({ connectionString: database.superuserUrl, application_name: 'bench:endurance' });
    await watcher.connect();
    closing.push(() => watcher.end());

    const key = `ds_${randomBytes(4).toString('hex')}_${randomBytes(32).toString('base64url')}`;
    writeFileSync(join(folder.path, 'key'), `${key}\n`, { mode: 0o600 });
    writeFileSync(join(folder.path, 'pace'), JSON.stringify({ holdMs: 0, lines: 20 }));
    const port = await freePort();
    const shared = {
      PATH: process.env.PATH ?? '',
      HOME: folder.path,
      TMPDIR: folder.path,
      NODE_COMPILE_CACHE: join(folder.path, 'compiled'),
      DATABASE_WORKER_URL: database.workerUrl,
      REDIS_URL: redis.url,
      BLOB_DIR: join(folder.path, 'blobs'),
      MASTER_KEY: `endurance:${randomBytes(32).toString('base64')}`,
      LOG_LEVEL: 'warn',
    };
    const troubles: string[] = [];
    const serviceOf = (name: string, script: string, readyWord: string, own: Record<string, string>) =>
      startService({
        name,
        enter: [],
        command: [script],
        environment: { ...shared, ...own },
        readyWord,
        onLine: ({ service, text }) => void (/"level":[56]0/.test(text) && troubles.push(`${service}: ${text}`)),
        onCrash: ({ service, code, lastWords }) => void troubles.push(`${service} ended with ${code}: ${lastWords}`),
      });
    // Memory is handled as in every installation.
    const gateway = serviceOf('gateway', GATEWAY, 'listening', {
      ...GATEWAY_MEMORY,
      DATABASE_URL: database.apiUrl,
      BOOTSTRAP_API_KEY_FILE: join(folder.path, 'key'),
      PORT: String(port),
      METRICS_PORT: String(await freePort()),
      MIN_FREE_DISK_BYTES: '0',
      MIN_FREE_MEMORY_BYTES: '0',
    });
    closing.push(gateway.close);
    const ocr = serviceOf('ocr', OCR[engine], 'ready', {
      ...OCR_HEAP,
      OCR_PREPARED_DIR: preparedModelsFolder(),
      OCR_READERS: String(readers),
      PAGE_THREADS: '1',
      READER_MAX_PAGES: NEVER,
      READER_MAX_RSS_MIB: NEVER,
      STAND_IN_PACE_FILE: join(folder.path, 'pace'),
      PORT: String(await freePort()),
      METRICS_PORT: String(await freePort()),
    });
    closing.push(ocr.close);
    const url = `http://127.0.0.1:${port}`;
    await untilReady(url);
    return {
      url,
      key,
      gateway,
      ocr,
      postgres: postgres.pid,
      redis,
      store: shared.BLOB_DIR,
      troubles,
      sql: async <Row extends object>(text: string) => (await watcher.query<Row>(text)).rows,
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}

const START_MS = 60_000;

async function untilReady(url: string): Promise<void> {
  const deadline = performance.now() + START_MS;
  while (
    !(await fetch(`${url}/readyz`).then(
      (answer) => answer.ok,
      () => false,
    ))
  ) {
    if (performance.now() > deadline) throw new Error(`The gateway did not serve within ${START_MS / 1_000} s.`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}
