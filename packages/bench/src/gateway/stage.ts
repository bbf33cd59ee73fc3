import { type ChildProcess, spawn } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { newMasterKey } from '@docusnap/blobs';
import {
  closeDatabase,
  type Database,
  ensureBootstrapTenant,
  ensureDatabase,
  ensureRoles,
  migrate,
  openDatabase,
} from '@docusnap/db';
import { migrateQueue } from '@docusnap/queue';
import { freePort, ROLE_PASSWORDS, startPostgres, temporaryFolder, urlFor } from '@docusnap/testing';
import { GATEWAY_MEMORY } from '../../../../deploy/embedded/src/services.ts';

const GATEWAY = fileURLToPath(new URL('../../../../services/gateway/src/main.ts', import.meta.url));
const CEILING = fileURLToPath(new URL('./ceiling/main.ts', import.meta.url));
const DATABASE = 'docusnap';
const START_MS = 30_000;
/** As `npm start` runs it: nothing is said to be stored before it is. */
const SETTINGS = {
  fsync: 'on',
  full_page_writes: 'on',
  synchronous_commit: 'on',
  shared_buffers: '128MB',
  max_connections: '100',
};

/** A process that is measured. */
export interface Measured {
  readonly url: URL;
  readonly pid: number;
}

export interface Stage {
  readonly gateway: Measured;
  readonly metricsUrl: URL;
  /** As docusnap_api and as docusnap_worker. */
  readonly api: Database;
  readonly worker: Database;
  readonly tenantId: string;
  readonly key: string;
  readonly masterKey: string;
  /** Starts the bare Express application with that constant. */
  startCeiling(constant: string): Promise<Measured>;
  close(): Promise<void>;
}

export interface StageOptions {
  /** Put before the command of who is measured. */
  readonly prefix: readonly string[];
  /** Node's own arguments for the gateway. */
  readonly nodeArguments: readonly string[];
}

/** PostgreSQL of its own, and one gateway as it is run in earnest. */
export async function openStage({ prefix, nodeArguments }: StageOptions): Promise<Stage> {
  const closing: (() => Promise<unknown>)[] = [];
  const close = async (): Promise<void> => {
    for (let last = closing.pop(); last; last = closing.pop()) await last();
  };
  try {
    const postgres = await startPostgres({ settings: SETTINGS });
    closing.push(postgres.stop);
    const url = (role: string, password: string) => urlFor(postgres.superuserUrl, DATABASE, role, password);
    const ownerUrl = url('docusnap_owner', ROLE_PASSWORDS.ownerPassword);
    await ensureRoles(postgres.superuserUrl, ROLE_PASSWORDS);
    await ensureDatabase(postgres.superuserUrl, DATABASE);
    await migrate(ownerUrl);
    await migrateQueue(ownerUrl);
    const [apiUrl, workerUrl] = [
      url('docusnap_api', ROLE_PASSWORDS.apiPassword),
      url('docusnap_worker', ROLE_PASSWORDS.workerPassword),
    ];
    const [api, worker] = [openDatabase(apiUrl), openDatabase(workerUrl)];
    closing.push(() => Promise.all([api, worker].map(closeDatabase)));

    const folder = await temporaryFolder('bench-gateway');
    closing.push(folder.remove);
    const key = `ds_${randomBytes(4).toString('hex')}_${randomBytes(32).toString('base64url')}`;
    const tenantId = await ensureBootstrapTenant(worker, {
      prefix: key.slice(0, 11),
      hash: createHash('sha256').update(key).digest(),
    });
    const masterKey = newMasterKey('bench');
    const keyFile = join(folder.path, 'key');
    await writeFile(keyFile, key, { mode: 0o600 });
    const [port, metricsPort] = [await freePort(), await freePort()];
    const log = join(folder.path, 'gateway.log');
    const output = openSync(log, 'a');
    const child = spawnNode([...prefix], [...nodeArguments, GATEWAY], {
      stdio: ['ignore', output, output],
      environment: {
        PORT: String(port),
        METRICS_PORT: String(metricsPort),
        DATABASE_URL: apiUrl,
        DATABASE_WORKER_URL: workerUrl,
        BLOB_DIR: join(folder.path, 'blobs'),
        MASTER_KEY: masterKey,
        BOOTSTRAP_API_KEY_FILE: keyFile,
        // As npm start gives it.
        ...GATEWAY_MEMORY,
        // Jobs wait here that nobody reads.
        MAX_WAITING_UNITS: '10000000',
        TENANT_WAITING_UNITS: '10000000',
        MAX_WAITING_BYTES: String(1024 ** 5),
        TENANT_WAITING_BYTES: String(1024 ** 5),
      },
    });
    closeSync(output);
    closing.push(() => end(child));
    const gateway = { url: new URL(`http://127.0.0.1:${port}`), pid: child.pid ?? 0 };
    await untilHealthy(gateway.url, child, log);
    return {
      gateway,
      metricsUrl: new URL(`http://127.0.0.1:${metricsPort}/metrics`),
      api,
      worker,
      tenantId,
      key,
      masterKey,
      startCeiling: async (constant) => {
        const ceiling = spawnNode([...prefix], [CEILING, constant], {
          stdio: ['ignore', 'pipe', 'inherit'],
          environment: {},
        });
        closing.push(() => end(ceiling));
        const [line] = (await once(createInterface({ input: ceiling.stdout! }), 'line')) as [string];
        return { url: new URL(`http://127.0.0.1:${line}`), pid: ceiling.pid ?? 0 };
      },
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}

function spawnNode(
  prefix: readonly string[],
  args: readonly string[],
  {
    stdio,
    environment,
  }: { stdio: ['ignore', number | 'pipe', number | 'inherit']; environment: Record<string, string> },
): ChildProcess {
  const [program = '', ...rest] = [...prefix, process.execPath, ...args];
  return spawn(program, rest, { stdio, env: { PATH: process.env.PATH, ...environment } });
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, 'exit');
  child.kill('SIGTERM');
  await ended;
}

async function untilHealthy(url: URL, child: ChildProcess, log: string): Promise<void> {
  const until = performance.now() + START_MS;
  for (;;) {
    const isReady = await fetch(new URL('/readyz', url)).then(
      (answer) => answer.ok,
      () => false,
    );
    if (isReady) return;
    if (child.exitCode !== null || performance.now() > until) {
      throw new Error(`The gateway did not start:\n${readFileSync(log, 'utf8').slice(-4_000)}`);
    }
    await pause(50);
  }
}
