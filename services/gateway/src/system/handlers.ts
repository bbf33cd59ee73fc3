import { type SystemBody, toAppError } from '@docusnap/contracts';
import { pingDatabase, readSystem, type SystemState, type UnitCounts } from '@docusnap/db';
import type { Ports } from '../ports.ts';
import type { Call } from '../route.ts';

/** `GET /v1/system`: whether the installation keeps up. Throws `database_unavailable`: without it nothing is known. */
export async function read(ports: Ports, { response }: Call<object>, version: string): Promise<void> {
  const [database, queue, storage] = await Promise.all([
    checked(ports, () => pingDatabase(ports.db)),
    checked(ports, () => ports.queue.ping()),
    checked(ports, () => ports.blobs.check()),
  ]);
  const { llm, storage: kind, leastFreeBytes } = ports.system;
  const [state, freeBytes, llmCheck] = await Promise.all([
    readSystem(ports.operatorDb),
    ports.system.freeBytes(),
    llm && checked(ports, () => llm.check()),
  ]);
  const around = {
    queue: { kind: ports.queue.kind },
    storage: { kind, free_bytes: freeBytes, least_free_bytes: leastFreeBytes },
    llm: llm && llmCheck && { ...llmCheck, model: llm.model, host: llm.host },
  };
  const body = systemBody(state, { database, queue, storage }, version);
  response.set('cache-control', 'no-store').json({ ...body, ...around });
}

type Check = SystemBody['checks']['database'];

async function checked({ log }: Ports, check: () => Promise<unknown>): Promise<Check> {
  const started = performance.now();
  const status = await check().then(
    () => 'ok' as const,
    (error: unknown) => {
      log.warn({ err: toAppError(error) }, 'a check of the system failed');
      return 'failed' as const;
    },
  );
  return { status, milliseconds: Math.round((performance.now() - started) * 10) / 10 };
}

function systemBody(
  state: SystemState,
  checks: SystemBody['checks'],
  version: string,
): Omit<SystemBody, 'queue' | 'storage' | 'llm'> {
  const rate = pagesPerSecond(state.workers);
  const open = state.read.waiting + state.read.held;
  return {
    at: new Date().toISOString(),
    checks,
    database: { bytes: state.databaseBytes },
    lanes: { read: laneBody(state.read), understand: laneBody(state.understand) },
    backlog_seconds: open === 0 ? 0 : rate === null ? null : Math.round((open / rate) * 10) / 10,
    pages_per_second: rate === null ? null : Math.round(rate * 100) / 100,
    readers: state.workers.reduce((sum, { readers }) => sum + readers, 0),
    workers: state.workers.map(({ name, readers, pageMs, seenAt, about }) => ({
      name,
      readers,
      page_milliseconds: pageMs,
      seen_at: seenAt.toISOString(),
      version: about.version ?? null,
      models: [...(about.models ?? [])],
      provider: about.provider ?? null,
    })),
    today: {
      jobs: state.today.jobs,
      jobs_failed: state.today.jobsFailed,
      pages: state.today.pages,
      pages_failed: state.today.pagesFailed,
    },
    tenants: state.tenants,
    versions: { docusnap: version, schema: state.schema, postgresql: state.postgresql, node: process.version },
  };
}

/** Of all readers that have measured what a page takes; null where none has. */
function pagesPerSecond(workers: SystemState['workers']): number | null {
  const rates = workers.flatMap(({ readers, pageMs }) =>
    pageMs === null || pageMs <= 0 ? [] : [(readers * 1_000) / pageMs],
  );
  return rates.length === 0 ? null : rates.reduce((sum, rate) => sum + rate, 0);
}

function laneBody({ waiting, held, oldestWaitingSeconds }: UnitCounts): SystemBody['lanes']['read'] {
  return { waiting, in_hand: held, oldest_waiting_seconds: Math.round(oldestWaitingSeconds * 10) / 10 };
}
