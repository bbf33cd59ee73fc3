import { statSync } from 'node:fs';

/** A file that failed for a reason that may pass is tried again after this, then twice that, and so on. */
const FIRST_WAIT_MS = 10_000;
const MOST_WAIT_MS = 15 * 60_000;

/** Files of a watched folder that have not changed since the look before, each until it is taken as it is. */
export function openSettled() {
  const seen = new Map<string, string>();
  const taken = new Map<string, string>();
  const putOff = new Map<string, { readonly until: number; readonly waitMs: number }>();
  return {
    next(paths: readonly string[]): string[] {
      return paths.filter((path) => {
        const now = lookOf(path);
        const isSettled = now !== '' && seen.get(path) === now && taken.get(path) !== now;
        if (seen.get(path) !== now) putOff.delete(path);
        seen.set(path, now);
        return isSettled && Date.now() >= (putOff.get(path)?.until ?? 0);
      });
    },
    /** Not again, unless it changes. */
    take(path: string): void {
      taken.set(path, seen.get(path) ?? '');
      putOff.delete(path);
    },
    /** Again, later. */
    putOff(path: string): void {
      const before = putOff.get(path)?.waitMs;
      const waitMs = before === undefined ? FIRST_WAIT_MS : Math.min(MOST_WAIT_MS, before * 2);
      putOff.set(path, { until: Date.now() + waitMs, waitMs });
    },
  };
}

/** What changes as a file is written; "" for what is empty, gone or cannot be looked at now. */
function lookOf(path: string): string {
  try {
    const { size, mtimeMs } = statSync(path);
    return size > 0 ? `${size} ${mtimeMs}` : '';
  } catch {
    return '';
  }
}
