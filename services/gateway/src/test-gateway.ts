import { randomUUID } from 'node:crypto';
import { readdir } from 'node:fs/promises';
import type { Server } from 'node:http';
import { Writable } from 'node:stream';
import { newMasterKey, openBlobStore, parseMasterKeys } from '@docusnap/blobs';
import type { Scope } from '@docusnap/contracts';
import * as database from '@docusnap/db';
import type { Queue } from '@docusnap/queue';
import { listen, type Metrics, openMetrics, type Traces, UNTOLD } from '@docusnap/runtime';
import { patiently, temporaryFolder, testDatabase } from '@docusnap/testing';
import { pino } from 'pino';
import { createApp } from './app.ts';
import { openAuditTrail } from './audit/trail.ts';
import { openSignInAttempts } from './console/attempts.ts';
import type { BuiltFiles } from './console/files.ts';
import { PUBLIC_ONLY } from './fetch/policy.ts';
import { openOverlays } from './jobs/overlay/overlays.ts';
import { hashApiKey, newApiKey } from './keys/api-key.ts';
import { openRequestLimits } from './keys/request-limits.ts';
import { NAMED_TENANTS, openGatewayMetrics } from './metrics.ts';
import type { Limits, Ports } from './ports.ts';
import { openPressure, PRESSURE_LIMITS, type PressureLimits } from './pressure/pressure.ts';
import { openRunning } from './running.ts';
import { closeApiServer, createApiServer } from './server.ts';
import { openWake } from './wake.ts';

export { failure, openTestWorker, pageText, type TestWorker } from './test-worker.ts';

export const TEST_LIMITS: Limits = {
  filesPerJob: 50,
  imageBytes: 300_000,
  pdfBytes: 500_000,
  documentBytes: 600_000,
  pagePixels: 1_000_000,
  jsonBytes: 500_000,
};

export interface TestGateway {
  readonly url: string;
  readonly server: Server;
  /** Of the first tenant, with every scope. */
  readonly key: string;
  readonly tenantId: string;
  readonly ports: Ports;
  readonly metrics: Metrics;
  /** As docusnap_worker. */
  readonly worker: database.Database;
  readonly urls: { readonly apiUrl: string; readonly workerUrl: string; readonly ownerUrl: string };
  readonly blobFolder: string;
  /** Bells rung so far, by job. */
  readonly rung: { count: number; jobId: string | null }[];
  readonly logged: string[];
  /** Codes of what was refused for want of room. */
  readonly refused: string[];
  /** A request with the first tenant's key unless `headers` or `key` say otherwise. */
  call(path: string, init?: RequestInit & { key?: string | null }): Promise<Response>;
  addKey(options: { scopes: Scope[]; tenantId?: string; expiresAt?: Date }): Promise<string>;
  addTenant(): Promise<string>;
  /** Rows of jobs, files and units, and files in the blob folder. */
  leftovers(): Promise<{ rows: number; blobs: number }>;
  stop(): void;
  close(): Promise<void>;
}

/**
 * A gateway that listens on a free port, with a database and a blob folder of its own.
 *
 * @param options.queue opens the queue, by the database's URL; one that only counts rings unless given
 * @param options.apiUrl another way to the database as the API's role
 */
export async function openTestGateway(
  options: {
    heartbeatMs?: number;
    limits?: Partial<Limits>;
    console?: BuiltFiles;
    system?: Partial<Ports['system']>;
    reach?: Ports['reach'];
    modelSets?: readonly string[];
    tokens?: (db: database.Database) => Ports['tokens'];
    audit?: { readonly writeMs?: number; readonly refusalsMs?: number };
    pressure?: Partial<PressureLimits>;
    /** What is free, looked at as it is then. */
    free?: { memory?: number; disk?: number };
    queue?: (url: string) => Promise<Queue>;
    apiUrl?: (url: string) => Promise<string>;
    traces?: Traces;
  } = {},
) {
  const made = await testDatabase();
  const urls = { ...made, apiUrl: (await options.apiUrl?.(made.apiUrl)) ?? made.apiUrl };
  // What listens needs PostgreSQL itself, where a pooler stands before it.
  const directUrl = options.apiUrl ? urls.apiUrl : made.directApiUrl;
  const folder = await temporaryFolder('gateway');
  const db = database.openDatabase(urls.apiUrl, { forCallers: true });
  const worker = database.openDatabase(urls.workerUrl);
  const rung: TestGateway['rung'] = [];
  const logged: string[] = [];
  const lines = new Writable({
    write: (line, _encoding, done) => {
      logged.push(String(line));
      done();
    },
  });
  const log = pino({}, lines);
  const stopping = new AbortController();
  const onError = (err: unknown): void => log.warn({ err });
  const wake = openWake({
    jobVersions: (ids) => database.jobVersions(db, ids),
    onError,
    stopping: stopping.signal,
  });
  const listener = await patiently(() =>
    database.listenForJobs(directUrl, wake.notify, { onReconnect: wake.notifyAll, onError }),
  );
  const queue = await patiently(async () => options.queue?.(directUrl) ?? countingQueue(rung));
  const metrics = openMetrics();
  const refused: string[] = [];
  const pressureSources = {
    freeMemory: () => options.free?.memory ?? null,
    freeDisk: async () => options.free?.disk ?? null,
    longestJson: options.limits?.jsonBytes ?? TEST_LIMITS.jsonBytes,
    onRefusal: (code: string) => void refused.push(code),
  };
  const audit = openAuditTrail({ db: worker, log, ...options.audit });
  const ports: Ports = {
    db,
    blobs: openBlobStore(folder.path),
    queue,
    masterKeys: parseMasterKeys(newMasterKey('test')),
    log,
    metrics: openGatewayMetrics(metrics, {
      workCounts: () => database.workCounts(worker),
      busiestTenants: () => database.busiestTenants(worker, NAMED_TENANTS),
      heldPolls: wake.held,
    }),
    traces: options.traces ?? UNTOLD,
    limits: { ...TEST_LIMITS, ...options.limits },
    wake,
    reach: options.reach,
    fetchPolicy: options.reach?.policy ?? PUBLIC_ONLY,
    modelSets: options.modelSets,
    heartbeatMs: options.heartbeatMs ?? 15_000,
    stopping: stopping.signal,
    running: openRunning(),
    pressure: openPressure({ ...PRESSURE_LIMITS, ...options.pressure }, pressureSources),
    overlays: openOverlays({ atOnce: 1 }),
    docuSnapV1: undefined,
    system: {
      storage: 'disk',
      freeBytes: async () => options.free?.disk ?? null,
      leastFreeBytes: 0,
      llm: null,
      ...options.system,
    },
    signIns: openSignInAttempts(),
    console: options.console,
    operatorDb: worker,
    tokens: options.tokens?.(db),
    requestLimits: openRequestLimits(db),
    audit,
  };
  const server = createApiServer(createApp(ports));
  const port = await listen(server, { host: '127.0.0.1', port: 0, variable: 'PORT' });
  const url = `http://127.0.0.1:${port}`;
  const key = newApiKey();
  // While Prisma's client loads, a busy machine's loop stands still for longer than connecting may take: so connect before.
  await patiently(() => Promise.all([worker.pool.query('SELECT 1'), db.pool.query('SELECT 1')]));
  const tenantId = await patiently(() => database.ensureBootstrapTenant(worker, hashApiKey(key)!));

  const gateway: TestGateway = {
    url,
    server,
    key,
    tenantId,
    ports,
    worker,
    urls,
    blobFolder: folder.path,
    rung,
    logged,
    refused,
    metrics,
    call: (path, init = {}) => {
      const headers = new Headers(init.headers);
      const bearer = init.key === undefined ? key : init.key;
      if (bearer !== null) headers.set('authorization', `Bearer ${bearer}`);
      return fetch(url + path, { ...init, headers });
    },
    addKey: async (wanted) => {
      const made = newApiKey();
      await database.createKey(db, wanted.tenantId ?? tenantId, {
        name: 'test',
        scopes: wanted.scopes,
        expiresAt: wanted.expiresAt ?? null,
        ...hashApiKey(made)!,
      });
      return made;
    },
    addTenant: async () => {
      const id = randomUUID();
      await worker.pool.query("INSERT INTO tenants (id, name) VALUES ($1, 'other')", [id]);
      return id;
    },
    leftovers: async () => {
      const { rows } = await worker.pool.query(
        'SELECT (SELECT count(*) FROM jobs) + (SELECT count(*) FROM files) + (SELECT count(*) FROM units) AS rows',
      );
      const entries = await readdir(folder.path, { recursive: true, withFileTypes: true });
      return { rows: Number(rows[0].rows), blobs: entries.filter((entry) => entry.isFile()).length };
    },
    stop: () => stopping.abort(),
    close: async () => {
      stopping.abort();
      await closeApiServer(server, { graceMs: 1_000 });
      await ports.running.settled();
      await audit.close();
      await listener.close();
      await queue.close();
      await database.closeDatabase(db);
      await database.closeDatabase(worker);
      await urls.drop();
      await folder.remove();
    },
  };
  return gateway;
}

function countingQueue(rung: TestGateway['rung']): Promise<Queue> {
  return Promise.resolve({
    kind: 'postgres',
    ring: async (_lane, count, { jobId }) => void rung.push({ count, jobId }),
    countBells: async () => 0,
    listen: () => ({ ready: Promise.resolve(), close: async () => undefined }),
    ping: async () => undefined,
    close: async () => undefined,
  });
}

/** A form of `file` parts and fields as text. */
export function form(files: readonly Buffer[], fields: Readonly<Record<string, string>> = {}): FormData {
  const data = new FormData();
  for (const [index, bytes] of files.entries()) {
    const kind = bytes.subarray(0, 5).toString('latin1') === '%PDF-' ? 'pdf' : 'png';
    data.append('file', new Blob([new Uint8Array(bytes)]), `file-${index}.${kind}`);
  }
  for (const [name, value] of Object.entries(fields)) data.append(name, value);
  return data;
}
