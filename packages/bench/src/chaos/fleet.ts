import { randomBytes } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import {
  type DurablePostgres,
  type DurableRedis,
  freePort,
  ROLE_PASSWORDS,
  startDurablePostgres,
  startDurableRedis,
  type TemporaryFolder,
  temporaryFolder,
} from '@docusnap/testing';
import { type Disk, openDisk } from './disk.ts';
import type { Network, Place } from './network/network.ts';
import { openNetwork } from './network/open.ts';
import { type Crash, type Service, type ServiceLine, startService } from './service.ts';

const root = (path: string): string => fileURLToPath(new URL(`../../../../${path}`, import.meta.url));
const GATEWAY = root('services/gateway/src/main.ts');
const SLOW_DISK = new URL('../../../testing/src/slow-disk.ts', import.meta.url).href;
/** Main programs of the ocr service by the engine their readers have. */
const OCR = {
  'stand-in': root('services/ocr/src/rehearsal/stand-in/main.ts'),
  real: root('services/ocr/src/main.ts'),
} as const;
const READERS = 2;
/** Of two gateways one finds out that the disk is full when it is, the other refuses before. */
const FREE_BYTES = [0, 64 * 1024 * 1024];
/** Far more than they take on a machine that does much else. */
const START_MS = 120_000;

export type Engine = keyof typeof OCR;
export type QueueKind = 'redis' | 'postgres';

export interface FleetOptions {
  readonly queue: QueueKind;
  readonly engine: Engine;
  readonly onLine: (line: ServiceLine) => void;
  readonly onCrash: (crash: Crash) => void;
}

/** A whole system of real processes on one machine: two gateways, two ocr services, their servers, a network and a disk, each of which can fail. */
export interface Fleet {
  readonly queue: QueueKind;
  readonly network: Network;
  /** Why there are no network namespaces; null where there are. */
  readonly whyNoNamespaces: string | null;
  readonly disk: Disk;
  readonly postgres: DurablePostgres;
  readonly redis: DurableRedis | undefined;
  readonly gateways: readonly Service[];
  readonly ocrs: readonly Service[];
  /** Of the gateways, in their order, as the suite reaches them. */
  readonly urls: readonly string[];
  readonly key: string;
  close(): Promise<void>;
}

export async function startFleet(options: FleetOptions): Promise<Fleet> {
  const closing: (() => Promise<void>)[] = [];
  const close = async (): Promise<void> => {
    for (let step = closing.pop(); step; step = closing.pop()) await step();
  };
  try {
    const folder = await temporaryFolder('chaos');
    closing.push(folder.remove);
    const { network, why } = await openNetwork();
    closing.push(network.close);
    const disk = await openDisk();
    closing.push(disk.close);
    const { postgres, redis } = await startServers(network, options.queue, closing);
    const key = `ds_${randomBytes(4).toString('hex')}_${randomBytes(32).toString('base64url')}`;
    const parts = { network, folder, disk, postgres, redis: redis?.port, options, key };
    const [gateways, urls] = await startGateways(parts);
    const ocrs = await startOcrs(parts);
    const services = [...gateways, ...ocrs];
    closing.push(async () => void (await Promise.all(services.map((service) => service.close()))));
    await untilReady(services);
    return {
      queue: options.queue,
      network,
      whyNoNamespaces: why,
      disk,
      postgres,
      redis: redis?.server,
      gateways,
      ocrs,
      urls,
      key,
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}

/** @throws Error when they do not serve in time */
async function untilReady(services: readonly Service[]): Promise<void> {
  const timer = new AbortController();
  const late = pause(START_MS, true, { signal: timer.signal }).catch(() => false);
  const ready = Promise.all(services.map((service) => service.ready())).then(() => false);
  const isLate = await Promise.race([ready, late]);
  timer.abort();
  if (isLate)
    throw new Error(`The services did not start within ${START_MS / 1_000} s: see their logs (--logs FOLDER).`);
}

async function startServers(network: Network, queue: QueueKind, closing: (() => Promise<void>)[]) {
  const optionsOf = async (place: Place) => ({ ...place, port: await freePort() });
  const postgres = await startDurablePostgres(await optionsOf(await network.place('postgres')));
  closing.push(postgres.close);
  if (queue === 'postgres') return { postgres, redis: undefined };
  const options = await optionsOf(await network.place('redis'));
  const server = await startDurableRedis(options);
  closing.push(server.close);
  return { postgres, redis: { server, port: options.port } };
}

interface Parts {
  readonly network: Network;
  readonly folder: TemporaryFolder;
  readonly disk: Disk;
  readonly postgres: DurablePostgres;
  /** Its port. */
  readonly redis: number | undefined;
  readonly options: FleetOptions;
  readonly key: string;
}

const MASTER_KEY = `chaos:${randomBytes(32).toString('base64')}`;

/** What a service finds in its environment, whatever is in ours: where it runs decides how it reaches the servers. */
async function environmentOf(parts: Parts, place: Place): Promise<Record<string, string>> {
  const { network, postgres, redis, disk, folder } = parts;
  const to = await network.route(place.name, 'postgres', postgres.port);
  const database = new URL(postgres.superuserUrl).pathname;
  const url = (role: string, password: string) => `postgres://${role}:${password}@${to.host}:${to.port}${database}`;
  const api = url('docusnap_api', ROLE_PASSWORDS.apiPassword);
  const doorbells = redis === undefined ? undefined : await network.route(place.name, 'redis', redis);
  return {
    PATH: process.env.PATH ?? '',
    HOME: folder.path,
    TMPDIR: folder.path,
    NODE_COMPILE_CACHE: join(folder.path, 'compiled'),
    HOST: place.address,
    METRICS_PORT: String(await freePort()),
    DATABASE_URL: api,
    DATABASE_DIRECT_URL: api,
    DATABASE_WORKER_URL: url('docusnap_worker', ROLE_PASSWORDS.workerPassword),
    ...(doorbells ? { REDIS_URL: `redis://${doorbells.host}:${doorbells.port}/0` } : {}),
    BLOB_DIR: disk.blobs,
    MASTER_KEY,
    LOG_LEVEL: 'info',
  };
}

async function startGateways(parts: Parts): Promise<[Service[], string[]]> {
  const { network, folder, options, key } = parts;
  const keyFile = join(folder.path, 'key');
  await writeFile(keyFile, `${key}\n`, { mode: 0o600 });
  const urls: string[] = [];
  const services: Service[] = [];
  for (const [index, name] of ['gateway-1', 'gateway-2'].entries()) {
    const place = await network.place(name);
    const port = await freePort();
    const environment = {
      ...(await environmentOf(parts, place)),
      PORT: String(port),
      BOOTSTRAP_API_KEY_FILE: keyFile,
      MIN_FREE_DISK_BYTES: String(FREE_BYTES[index]),
    };
    services.push(startService({ ...serviceOf(options, place, GATEWAY, 'listening'), environment }));
    const seen = await network.route(network.caller, name, port);
    urls.push(`http://${seen.host}:${seen.port}`);
  }
  return [services, urls];
}

async function startOcrs(parts: Parts): Promise<Service[]> {
  const { network, options } = parts;
  const services: Service[] = [];
  for (const name of ['ocr-1', 'ocr-2']) {
    const place = await network.place(name);
    const environment = {
      ...(await environmentOf(parts, place)),
      // Of no use to anyone here, and without proof of who calls it may listen on loopback only.
      HOST: '127.0.0.1',
      PORT: String(await freePort()),
      OCR_READERS: String(READERS),
      PAGE_THREADS: '1',
    };
    services.push(startService({ ...serviceOf(options, place, OCR[options.engine], 'ready'), environment }));
  }
  return services;
}

function serviceOf({ onLine, onCrash }: FleetOptions, place: Place, script: string, readyWord: string) {
  const command = ['--import', SLOW_DISK, script];
  return { name: place.name, enter: place.enter, command, readyWord, onLine, onCrash };
}
