import { generateKeyPairSync } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { jobContext, pageContext, sealBytes, unwrapDataKey } from '@docusnap/blobs';
import { LEASE, type PageText, type Unit } from '@docusnap/contracts';
import {
  claimUnit,
  closeDatabase,
  ensureV1Tenant,
  failPage,
  openDatabase,
  renewUnderstandings,
  saveOpenedFile,
  savePage,
} from '@docusnap/db';
import { listen, openLeases, openMetrics } from '@docusnap/runtime';
import { createApp } from '../app.ts';
import type { Ports } from '../ports.ts';
import { openRunning } from '../running.ts';
import { closeApiServer, createApiServer } from '../server.ts';
import { failure, openTestGateway, pageText, type TestGateway } from '../test-gateway.ts';
import { type LeasedUnderstanding, understandNext } from '../understand/lane.ts';
import { openUnderstandMetrics } from '../understand/metrics.ts';
import { openUnderstander } from '../understand/understander.ts';
import { openDocuSnapV1 } from './docusnap-v1.ts';
import { type EncryptionKeys, parseEncryptionKeys } from './keys.ts';
import { V1_LIMITS, type V1Limits } from './limits.ts';

export interface V1Gateway {
  readonly url: string;
  readonly ports: Ports;
  /** What goes on behind answers has ended. */
  settled(): Promise<void>;
  close(): Promise<void>;
}

/** A database and a blob folder, on which gateways that speak v1 come and go. */
export interface V1Stage {
  readonly base: TestGateway;
  start(options?: StageOptions): Promise<V1Gateway>;
  /** Reads all that waits, as the ocr service would, each page with the next text; null: it cannot be read. */
  readPages(...texts: (string | null)[]): Promise<void>;
  /** Understands one job by rules, as the lane does. */
  understand(): Promise<void>;
  sql<Row extends object>(text: string, values?: unknown[]): Promise<Row[]>;
  /** All that lies in the database and in the blob folder, as one text. */
  everything(): Promise<string>;
  /** Takes all tasks and jobs away; its gateways go on. */
  empty(): Promise<void>;
  /** Ends all gateways and empties the stage. */
  clear(): Promise<void>;
  close(): Promise<void>;
}

export interface StageOptions {
  readonly limits?: Partial<V1Limits>;
  readonly keys?: EncryptionKeys;
  /** Another way to the database as the API's role. */
  readonly apiUrl?: string;
}

export function newPrivatePem(bits = 2_048): string {
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: bits });
  return privateKey.export({ format: 'pem', type: 'pkcs8' }).toString();
}

/** Far above what a test asks: those that are about throttling say otherwise. */
const CALM: Partial<V1Limits> = { requestsPerSecondOfClient: 1_000, requestsPerSecondOfAddress: 10_000 };

export async function openV1Stage(): Promise<V1Stage> {
  const base = await openTestGateway();
  await ensureV1Tenant(base.worker);
  const ownKeys = parseEncryptionKeys(newPrivatePem());
  const owner = openDatabase(base.urls.ownerUrl, { poolSize: 1 });
  const understander = openUnderstander({ model: null, mostMs: 170_000 });
  const leases = openLeases<LeasedUnderstanding>({
    renew: (units) => renewUnderstandings(base.worker, units),
    onError: (error) => base.ports.log.error({ err: error }),
    everyMs: LEASE.renewSeconds * 1_000,
  });
  const opened = new Set<V1Gateway>();
  const { log, masterKeys } = base.ports;
  const stopping = new AbortController().signal;

  const sql: V1Stage['sql'] = async (text, values = []) => (await owner.pool.query(text, values)).rows;

  const stage: V1Stage = {
    base,
    sql,
    start: async ({ limits, keys = ownKeys, apiUrl = base.urls.apiUrl } = {}) => {
      const gateway = await startGateway(base, keys, { ...V1_LIMITS, ...CALM, ...limits }, apiUrl);
      const close = async (): Promise<void> => {
        opened.delete(gateway);
        await gateway.close();
      };
      opened.add(gateway);
      return { ...gateway, close };
    },
    readPages: async (...texts) => {
      for (let unit = await claim(base); unit; unit = await claim(base)) {
        if (unit.kind === 'open') await saveOpenedFile(base.worker, unit, { frames: 1 });
        else await readPage(base, unit, texts.shift());
      }
    },
    understand: () =>
      understandNext({
        db: base.worker,
        blobs: base.ports.blobs,
        masterKeys,
        understander,
        leases,
        log,
        metrics: openUnderstandMetrics(openMetrics()),
        traces: base.ports.traces,
        stopping,
      }),
    everything: async () => {
      const parts: string[] = [];
      for (const { name } of await sql<{ name: string }>(
        "SELECT table_name AS name FROM information_schema.tables WHERE table_schema = 'public' AND table_type = 'BASE TABLE'",
      )) {
        // Bytes as text where they are text: what is sealed looks like nothing, what is not would show.
        for (const row of await sql<Record<string, unknown>>(`SELECT * FROM ${name}`)) {
          parts.push(
            ...Object.values(row).map((value) =>
              value instanceof Buffer ? value.toString('latin1') : JSON.stringify(value),
            ),
          );
        }
      }
      for (const entry of await readdir(base.blobFolder, { recursive: true, withFileTypes: true })) {
        if (entry.isFile()) parts.push((await readFile(join(entry.parentPath, entry.name))).toString('latin1'));
      }
      return parts.join('\n');
    },
    empty: async () => {
      for (const gateway of opened) await gateway.settled();
      await sql('TRUNCATE v1_tasks, jobs CASCADE');
      await base.ports.blobs.removePrefix('jobs/');
    },
    clear: async () => {
      for (const gateway of opened) await gateway.close();
      opened.clear();
      await stage.empty();
    },
    close: async () => {
      for (const gateway of opened) await gateway.close();
      leases.close();
      await understander.close();
      await closeDatabase(owner);
      await base.close();
    },
  };
  return stage;
}

async function startGateway(
  base: TestGateway,
  keys: EncryptionKeys,
  limits: V1Limits,
  apiUrl: string,
): Promise<V1Gateway> {
  const db = openDatabase(apiUrl);
  const docuSnapV1 = openDocuSnapV1(keys, limits);
  const ports: Ports = { ...base.ports, db, docuSnapV1, running: openRunning() };
  const server = createApiServer(createApp(ports));
  const port = await listen(server, { host: '127.0.0.1', port: 0, variable: 'PORT' });
  return {
    url: `http://127.0.0.1:${port}`,
    ports,
    settled: () => ports.running.settled(),
    close: async () => {
      await closeApiServer(server, { graceMs: 1_000 });
      await ports.running.settled();
      await docuSnapV1.close();
      await closeDatabase(db);
    },
  };
}

function claim({ worker }: TestGateway): Promise<Unit | null> {
  return claimUnit(worker, { holder: 'test' });
}

async function readPage({ worker, ports }: TestGateway, unit: Unit, text: string | null | undefined): Promise<void> {
  if (text === undefined) throw new Error('more pages wait than there are texts');
  if (text === null) {
    await failPage(worker, unit, failure('page_poisonous'));
    return;
  }
  const dataKey = unwrapDataKey(ports.masterKeys, unit.key, jobContext(unit.jobId));
  const context = pageContext(unit.jobId, unit.fileIndex, unit.fileFrame ?? 0);
  const sealed = sealBytes(dataKey, context, Buffer.from(JSON.stringify(pageOf(text))));
  await savePage(worker, unit, { sealed, stages: { read: 12 } });
}

/** Pixels from one line of text to the next, and of one character across. */
const LINE = 40;
const CHARACTER = 12;

/** A page with these lines one below the other. */
function pageOf(text: string): PageText {
  const lines = text.split('\n').map((line, index) => {
    const [left, top, right, bottom] = [40, 40 + index * LINE, 40 + line.length * CHARACTER, 64 + index * LINE];
    const quad: PageText['blocks'][number]['quad'] = [
      [left, top],
      [right, top],
      [right, bottom],
      [left, bottom],
    ];
    return { text: line, quad, confidence: 1, words: [{ text: line, quad, confidence: 1 }] };
  });
  return {
    ...pageText(''),
    width: 1_000,
    height: 1_400,
    blocks: lines.map((line) => ({ quad: line.quad, lines: [line] })),
  };
}
