export interface Lock {
  /** The lock also stands while this process lives. */
  extend(pid: number): void;
  release(): void;
}

/** Boot and start time of a living process; null when there is none with this id. */
export function processMark(pid: number): string | null;
export function takeLock(
  path: string,
  folder: string,
): { lock: Lock; holder?: never } | { holder: number; lock?: never };
export function lockHolder(path: string, folder: string): number | null;
