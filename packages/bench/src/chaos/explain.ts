import type { FaultKind, Happened } from './faults/fault.ts';
import type { Seen } from './witness.ts';

/** Milliseconds by which a log line and the suite's own notice of a fault may lie apart. */
const SLACK_MS = 3_000;
/** A save is tried for as long as a lease, and the next look at leases comes some seconds later. */
const AFTERMATH_MS = 40_000;
/** What keeps a service from its database, or from stored files. */
const OUT_OF_REACH: ReadonlySet<FaultKind> = new Set([
  'postgres stopped',
  'postgres paused',
  'network cut',
  'ocr paused',
  'disk full',
  'disk slow',
]);

/**
 * Why an attempt was not a page's last one: the fault that took it away, or null, where the page was read again without need.
 *
 * - Its process was killed with the page in hand: the row names the process.
 * - Its reader was killed: the service says that it died, just after the suite killed one of that service.
 * - The service could not reach its database (or the file) when it was to be saved, for longer than the lease; or it never learnt that it had
 *   claimed the unit, since the answer was lost: then no line tells of it.
 */
export function explainAttempt(seen: Seen, faults: readonly Happened[]): FaultKind | null {
  const { ended, held } = seen;
  if (ended?.outcome === 'done') return null;
  if (ended?.outcome === 'death') {
    const kill = faults.find(
      (fault) =>
        fault.kind === 'reader killed' && fault.targets.includes(ended.service) && isNear(fault, ended.at, SLACK_MS),
    );
    return kill?.kind ?? null;
  }
  if (ended)
    return (
      faults.find((fault) => isOutOfReach(fault, ended.service) && isNear(fault, ended.at, AFTERMATH_MS))?.kind ?? null
    );
  if (!held) return null;
  const killed = faults.find((fault) => fault.kind === 'ocr killed' && fault.killed.includes(held.pid));
  if (killed) return killed.kind;
  return faults.find((fault) => isOutOfReach(fault, 'ocr') && isNear(fault, held.first, SLACK_MS))?.kind ?? null;
}

/** A cut keeps from its database only whom it cuts off, a pause whom it stops. */
function isOutOfReach({ kind, targets }: Happened, service: string): boolean {
  if (!OUT_OF_REACH.has(kind)) return false;
  if (kind === 'ocr paused') return targets.some((target) => target.startsWith(service));
  return kind !== 'network cut' || targets.some((target) => target.startsWith(service) && target.endsWith('postgres'));
}

function isNear({ from, until }: Happened, at: number, afterMs: number): boolean {
  return at >= from - SLACK_MS && at <= until + afterMs;
}
