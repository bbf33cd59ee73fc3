import { readFileSync } from 'node:fs';
import { peakRssOf } from '../contender/peak-rss.ts';
import { findProcess } from '../soak/resident.ts';
import type { RunningSystem } from '../system.ts';

const OCR_SCRIPT = 'services/ocr/src/main.ts';
/** How often memory and readiness are looked at: a reader that outgrows its bound does so over seconds. */
const LOOK_MS = 250;
const READY_MS = 2_000;

/** What was seen of a system while files were sent to it. */
export interface Seen {
  /** The most bytes that any one process of the ocr service had resident. */
  readonly peakBytes: number;
  /** Times that a service was asked whether it is ready. */
  readonly asked: number;
  /** Of these, those without a yes. */
  readonly notReady: number;
}

/** Watches the processes of the ocr service and the readiness of both services until it is ended. */
export function watchSystem(system: RunningSystem): { end(): Promise<Seen> } {
  const main = findProcess(system.pid, OCR_SCRIPT);
  let peakBytes = 0;
  let asked = 0;
  let notReady = 0;
  let last: Promise<void> = Promise.resolve();
  const look = async () => {
    for (const pid of [main, ...childrenOf(main)]) peakBytes = Math.max(peakBytes, peakRssOf(pid) ?? 0);
    for (const url of [system.url, system.ocrUrl]) {
      asked += 1;
      if (!(await isReady(url))) notReady += 1;
    }
  };
  const timer = setInterval(() => {
    last = last.then(look);
  }, LOOK_MS);
  return {
    async end() {
      clearInterval(timer);
      await last;
      return { peakBytes, asked, notReady };
    },
  };
}

async function isReady(url: string): Promise<boolean> {
  try {
    const answer = await fetch(new URL('/readyz', url), { signal: AbortSignal.timeout(READY_MS) });
    await answer.arrayBuffer();
    return answer.status === 200;
  } catch {
    // No answer at all counts like a no.
    return false;
  }
}

/** The readers: all processes that the main one has started. None where it ended between two looks. */
function childrenOf(pid: number): number[] {
  try {
    return readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').split(' ').filter(Boolean).map(Number);
  } catch {
    return [];
  }
}
