import { type AuditEntry, type Database, writeAudit } from '@docusnap/db';
import type { Logger } from '@docusnap/runtime';

/** Takes down who did what. */
export interface AuditTrail {
  /** Waits for nothing; the entry is written within a second or so. */
  note(entry: Omit<AuditEntry, 'times'>): void;
  /** As `note`, for who is refused before anything is looked at: those of one address and caller become one entry a minute. */
  noteRefusal(entry: Omit<AuditEntry, 'times'>): void;
  /** Writes what is left. */
  close(): Promise<void>;
}

export interface AuditTrailOptions {
  /** As the role docusnap_worker. */
  readonly db: Database;
  readonly log: Logger;
  /** Milliseconds from one write to the next. */
  readonly writeMs?: number;
  /** Milliseconds for which refusals of one address and caller are added up. */
  readonly refusalsMs?: number;
}

const WRITE_MS = 1_000;
const REFUSALS_MS = 60_000;
/** Entries of one statement. */
const BATCH = 500;
/** Entries that are kept while the database is away: some 10 MiB. The log counts those that are not. */
const MOST_WAITING = 20_000;
/** Addresses whose refusals are told apart; all others share one entry, without an address, or one of their tenant. */
const MOST_ADDRESSES = 1_000;

interface Refusals {
  readonly first: Omit<AuditEntry, 'times'>;
  readonly since: number;
  times: number;
}

export function openAuditTrail({
  db,
  log,
  writeMs = WRITE_MS,
  refusalsMs = REFUSALS_MS,
}: AuditTrailOptions): AuditTrail {
  let waiting: AuditEntry[] = [];
  let lost = 0;
  const refusals = new Map<string, Refusals>();
  let writing: Promise<void> = Promise.resolve();
  let closed = false;
  let timer = setTimeout(round, writeMs);

  function round(): void {
    settleRefusals(refusalsMs);
    writing = write().finally(() => {
      if (!closed) timer = setTimeout(round, writeMs);
    });
  }

  function add(entry: AuditEntry): void {
    if (waiting.length < MOST_WAITING) waiting.push(entry);
    else lost += entry.times;
  }

  /** Those that were added up for so long become entries. */
  function settleRefusals(forMs: number): void {
    for (const [whose, { first, since, times }] of refusals) {
      if (performance.now() - since < forMs) continue;
      refusals.delete(whose);
      add({ ...first, times });
    }
  }

  async function write(): Promise<void> {
    if (lost > 0) log.error({ entries: lost }, 'the audit log is not whole: the database was away for too long');
    lost = 0;
    while (waiting.length > 0) {
      const batch = waiting.slice(0, BATCH);
      try {
        await writeAudit(db, batch);
      } catch (err) {
        log.warn({ err, entries: waiting.length }, 'the audit log could not be written; trying again');
        return;
      }
      waiting = waiting.slice(batch.length);
    }
  }

  return {
    note: (entry) => add({ ...entry, times: 1 }),
    noteRefusal: (entry) => {
      const { tenantId, keyId, subject, address } = entry;
      const whose = JSON.stringify([tenantId, keyId, subject, address]);
      const hasRoom = refusals.has(whose) || refusals.size < MOST_ADDRESSES;
      const first = hasRoom ? entry : { ...entry, keyId: null, subject: null, address: null };
      const kept = hasRoom ? whose : JSON.stringify([tenantId]);
      const known = refusals.get(kept);
      if (known) known.times += 1;
      else refusals.set(kept, { first, since: performance.now(), times: 1 });
    },
    close: async () => {
      closed = true;
      clearTimeout(timer);
      await writing;
      settleRefusals(0);
      await write();
      if (waiting.length > 0)
        log.error({ entries: waiting.length }, 'the audit log is not whole: the database is away');
    },
  };
}
