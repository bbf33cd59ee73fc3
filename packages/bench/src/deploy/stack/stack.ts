import { execFile } from 'node:child_process';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { freePort, postgresUser } from '@docusnap/testing';
import { type Nginx, startNginx } from './nginx.ts';
import { type Program, startProgram } from './program.ts';
import { makeSecrets, type Secrets } from './secrets.ts';
import { type Closing, type Postgres, startPostgresPair, startRedisByFile } from './servers.ts';

const run = promisify(execFile);
const MIGRATE_MS = 120_000;
/** Main programs of the ocr service by the engine that their readers have. */
const OCR = { real: 'services/ocr/src/main.ts', 'stand-in': 'services/ocr/src/rehearsal/stand-in/main.ts' } as const;

export interface StackOptions {
  readonly root: string;
  readonly folder: string;
  readonly say: (line: string) => void;
  readonly engine: keyof typeof OCR;
  /** Ports that gateways of the other side will have, as HOST:PORT. */
  readonly green?: readonly string[];
  /** PROXY_* beyond what a stack needs. */
  readonly proxy?: Readonly<Record<string, string>>;
  /** Further variables of the gateways. */
  readonly gateway?: Readonly<Record<string, string>>;
}

/** nginx, two gateways, two ocr services, Redis, PostgreSQL and its replica: plain processes, by the files of deploy. */
export interface Stack {
  readonly secrets: Secrets;
  readonly proxy: Nginx;
  /** Through the proxy, over TLS. */
  readonly url: string;
  readonly postgres: Postgres;
  /** The side that serves at first. */
  readonly gateways: readonly Program[];
  readonly blobs: string;
  /** One more, on a port of its choice or any. */
  startGateway(name: string, port?: number): Promise<Program>;
  /** As before each rollout. */
  migrate(): Promise<void>;
  close(): Promise<void>;
}

export async function startStack(options: StackOptions): Promise<Stack> {
  const closing: Closing = [];
  const close = async (): Promise<void> => {
    for (let step = closing.pop(); step; step = closing.pop()) await step();
  };
  try {
    const { root, folder, say } = options;
    const logs = join(folder, 'logs');
    const blobs = join(folder, 'blobs');
    for (const path of [logs, blobs]) await mkdir(path);
    const secrets = await makeSecrets(folder, postgresUser());
    say('starting PostgreSQL, its replica and Redis');
    const postgres = await startPostgresPair(root, folder, secrets, closing);
    const redisPort = await startRedisByFile(root, folder, closing);
    const variables = variablesOf(secrets, postgres, redisPort, { folder, blobs });
    say('migrating');
    const migrate = async (): Promise<void> => {
      await run(process.execPath, [join(root, 'services/gateway/src/migrate/main.ts')], {
        env: { ...variables, ...migration(secrets, postgres) },
        timeout: MIGRATE_MS,
      });
    };
    await migrate();
    const start = async (name: string, script: string, own: Readonly<Record<string, string>>, port?: number) => {
      const place = { port: port ?? (await freePort()), metricsPort: await freePort() };
      const listening = { HOST: '127.0.0.1', PORT: String(place.port), METRICS_PORT: String(place.metricsPort) };
      const environment = { ...variables, ...listening, ...own };
      const program = await startProgram({ name, command: [join(root, script)], environment, ...place, logs });
      closing.push(program.stop);
      return program;
    };
    const startGateway = (name: string, port?: number): Promise<Program> => {
      const own = { TRUSTED_PROXIES: 'loopback', BOOTSTRAP_API_KEY_FILE: secrets.apiKeyFile, ...options.gateway };
      return start(name, 'services/gateway/src/main.ts', own, port);
    };
    const startOcr = (name: string): Promise<Program> =>
      start(name, OCR[options.engine], { OCR_READERS: '1', PAGE_THREADS: '1' });
    say('starting two gateways and two ocr services');
    const gateways = [await startGateway('gateway-1'), await startGateway('gateway-2')];
    await startOcr('ocr-1');
    await startOcr('ocr-2');
    say('starting nginx');
    const blue = gateways.map(({ port }) => `127.0.0.1:${port}`);
    const { green = [], proxy: settings = {} } = options;
    const proxy = await startNginx({ root, folder, secrets, blue, green, settings }, closing);
    return {
      secrets,
      proxy,
      url: `https://localhost:${proxy.httpsPort}`,
      postgres,
      gateways,
      blobs,
      startGateway,
      migrate,
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}

interface Places {
  readonly folder: string;
  readonly blobs: string;
}

function variablesOf(secrets: Secrets, postgres: Postgres, redisPort: number, places: Places): Record<string, string> {
  const url = (role: 'api' | 'worker', port: number): string =>
    `postgres://docusnap_${role}:${secrets.passwords[role]}@127.0.0.1:${port}/docusnap`;
  return {
    PATH: process.env.PATH ?? '',
    HOME: places.folder,
    TMPDIR: places.folder,
    DATABASE_URL: url('api', postgres.primaryPort),
    DATABASE_DIRECT_URL: url('api', postgres.primaryPort),
    DATABASE_REPLICA_URL: url('api', postgres.replicaPort),
    DATABASE_WORKER_URL: url('worker', postgres.primaryPort),
    REDIS_URL: `redis://127.0.0.1:${redisPort}/0`,
    BLOB_DIR: places.blobs,
    MASTER_KEY: secrets.masterKey,
  };
}

function migration(secrets: Secrets, { primaryPort }: Postgres): Record<string, string> {
  const url = (user: string, password: string, database: string): string =>
    `postgres://${user}:${password}@127.0.0.1:${primaryPort}/${database}`;
  return {
    DATABASE_OWNER_URL: url('docusnap_owner', secrets.passwords.owner, 'docusnap'),
    DATABASE_SUPERUSER_URL: url('postgres', secrets.passwords.postgres, 'postgres'),
  };
}
