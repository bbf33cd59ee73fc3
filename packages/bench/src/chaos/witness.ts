import { setTimeout as pause } from 'node:timers/promises';
import type { DurablePostgres } from '@docusnap/testing';
import type { ServiceLine } from './service.ts';

/** One attempt at a page: named as its log lines and its row name it. */
export interface Attempt {
  readonly job: string;
  readonly file: number;
  readonly frame: number;
  readonly attempt: number;
}

/** What was seen of an attempt. Times are Date.now(). */
export interface Seen {
  /** From the log of the service that made it: how it ended. */
  readonly ended?: { readonly at: number; readonly service: string; readonly outcome: string };
  /** From its row: when it was first and last in hand, and in the hands of which process. */
  readonly held?: { readonly first: number; readonly last: number; readonly pid: number };
}

/** Watches what becomes of attempts: by the services' logs, and by a look at the units in hand every half second. */
export interface Witness {
  hear(line: ServiceLine): void;
  seen(attempt: Attempt): Seen;
  /** Until when each unit that was in hand at this time was to be seen, as long as it took to end it; the longest of them. */
  longestAfter(from: number, until: number): number;
  close(): Promise<void>;
}

const LOOK_EVERY_MS = 500;
const UNITS = `SELECT id, job_id, file_index, coalesce(frame, -1) AS frame, attempt, holder FROM units WHERE attempt > 0`;
/** How a file to open is written in place of a frame. */
const OPENING = -1;

interface Row {
  readonly id: string;
  readonly job_id: string;
  readonly file_index: number;
  readonly frame: number;
  readonly attempt: number;
  readonly holder: string | null;
}

export function openWitness(postgres: Pick<DurablePostgres, 'query'>): Witness {
  const attempts = new Map<string, Seen>();
  const units = new Map<string, { first: number; last: number }>();
  const stop = new AbortController();

  const watching = (async () => {
    while (!stop.signal.aborted) {
      const at = Date.now();
      // While the server is away there is nothing to be seen, and nothing changes.
      for (const row of await postgres.query<Row>(UNITS).catch(() => [])) note(row, at);
      await pause(LOOK_EVERY_MS, undefined, { signal: stop.signal }).catch(() => undefined);
    }
  })();

  function note({ id, job_id, file_index, frame, attempt, holder }: Row, at: number): void {
    units.set(id, { first: units.get(id)?.first ?? at, last: at });
    const key = keyOf({ job: job_id, file: file_index, frame, attempt });
    const before = attempts.get(key);
    const pid = holder === null ? (before?.held?.pid ?? 0) : Number(holder.split(':').at(-1));
    attempts.set(key, { ...before, held: { first: before?.held?.first ?? at, last: at, pid } });
  }

  return {
    hear({ service, text }) {
      const line = unitEnded(text);
      if (!line) return;
      const key = keyOf({ job: line.job, file: line.file, frame: line.frame ?? OPENING, attempt: line.attempt });
      attempts.set(key, { ...attempts.get(key), ended: { at: Date.parse(line.time), service, outcome: line.outcome } });
    },
    seen: (attempt) => attempts.get(keyOf(attempt)) ?? {},
    longestAfter(from, until) {
      const hit = [...units.values()].filter(({ first, last }) => first <= until && last >= from);
      return Math.max(0, ...hit.map(({ last }) => last - until));
    },
    async close() {
      stop.abort();
      await watching;
    },
  };
}

interface UnitLine {
  readonly time: string;
  readonly job: string;
  readonly file: number;
  readonly frame: number | null;
  readonly attempt: number;
  readonly outcome: string;
}

/** Lines that are no JSON, or say other things, are passed over: a killed process may leave half a line. */
function unitEnded(text: string): UnitLine | null {
  if (!text.includes('"msg":"unit ended"')) return null;
  try {
    return JSON.parse(text) as UnitLine;
  } catch {
    return null;
  }
}

function keyOf({ job, file, frame, attempt }: Attempt): string {
  return `${job}/${file}/${frame}/${attempt}`;
}
