import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { rssOf } from '../contender/peak-rss.ts';
import { findProcess } from '../soak/resident.ts';
import type { RunningSystem } from '../system.ts';

const SCRIPTS = ['services/gateway/src/main.ts', 'services/ocr/src/main.ts'] as const;
const LOOK_MS = 1_000;
const READY_MS = 5_000;
const HEAP = /^nodejs_heap_size_used_bytes (\S+)$/m;
const DELAY = /^docusnap_event_loop_delay_p99_seconds (\S+)$/m;

export interface Looked {
  /** Resident memory of the gateway, with the number of requests that had been answered, at each look. */
  readonly memory: readonly { readonly requests: number; readonly bytes: number }[];
  /** Bytes that the gateway's objects take, with what is no longer used until it is swept. */
  readonly heap: readonly number[];
  /** 99th percentile of the delay of the gateway's event loop between two looks, seconds. */
  readonly delays: readonly number[];
  readonly asked: number;
  readonly notReady: number;
  /** Services whose process is no longer the one that began. */
  readonly restarted: number;
}

/** Watches memory, event loop and readiness of a system until it is ended. */
export function watchGateway(system: RunningSystem, requests: () => number): { end(): Promise<Looked> } {
  const pids = SCRIPTS.map((script) => findProcess(system.pid, script));
  const metricsUrl = `http://127.0.0.1:${metricsPort(system.logs)}/metrics`;
  const memory: { requests: number; bytes: number }[] = [];
  const delays: number[] = [];
  const heap: number[] = [];
  let asked = 0;
  let notReady = 0;
  let last: Promise<void> = Promise.resolve();
  const look = async (): Promise<void> => {
    const bytes = rssOf(pids[0]!);
    if (bytes !== null) memory.push({ requests: requests(), bytes });
    const metrics = (await ask(metricsUrl)) ?? '';
    const used = HEAP.exec(metrics)?.[1];
    if (used !== undefined) heap.push(Number(used));
    const delay = DELAY.exec(metrics)?.[1];
    if (delay !== undefined) delays.push(Number(delay));
    for (const url of [system.url, system.ocrUrl]) {
      asked += 1;
      if ((await ask(new URL('/readyz', url))) === null) notReady += 1;
    }
  };
  const timer = setInterval(() => {
    last = last.then(look);
  }, LOOK_MS);
  return {
    async end() {
      clearInterval(timer);
      await last;
      const now = SCRIPTS.map((script) => pidOf(system.pid, script));
      return {
        memory,
        heap,
        delays,
        asked,
        notReady,
        restarted: pids.filter((pid, index) => pid !== now[index]).length,
      };
    },
  };
}

function pidOf(parent: number, script: string): number | null {
  try {
    return findProcess(parent, script);
  } catch {
    // Gone: that is what is asked here.
    return null;
  }
}

/** The text of a good answer; null for any other, and for none. */
async function ask(url: string | URL): Promise<string | null> {
  try {
    const answer = await fetch(url, { signal: AbortSignal.timeout(READY_MS) });
    const text = await answer.text();
    return answer.ok ? text : null;
  } catch {
    // No answer counts like a bad one.
    return null;
  }
}

function metricsPort(logs: string): number {
  const listening = readFileSync(join(logs, 'gateway.log'), 'utf8')
    .split('\n')
    .findLast((line) => line.includes('"msg":"listening"'));
  return (JSON.parse(listening ?? '{}') as { metrics_port?: number }).metrics_port ?? 0;
}
