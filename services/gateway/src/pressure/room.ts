/** Weight of the newest body in the running mean. */
const WEIGHT = 0.2;
/** Seconds after which there may be room again, where no body was taken in yet. */
const UNKNOWN_SECONDS = 2;
const MOST_SECONDS = 60;

/** Room for bytes that are being received at a time. */
export interface Room {
  /** Takes so many bytes of it; null where there are not as many left. Who asks while nothing is held gets them, however many. */
  take(bytes: number): { giveBack(): void } | null;
  held(): number;
  /** Seconds after which what is held now should have been given back, by how long others held theirs. */
  againSeconds(): number;
}

export function openRoom(most: number, now: () => number = () => performance.now()): Room {
  let held = 0;
  let meanMs: number | null = null;

  return {
    take(bytes) {
      if (held > 0 && held + bytes > most) return null;
      held += bytes;
      const since = now();
      let isHeld = true;
      return {
        giveBack() {
          if (!isHeld) return;
          isHeld = false;
          held -= bytes;
          const ms = now() - since;
          meanMs = meanMs === null ? ms : meanMs + WEIGHT * (ms - meanMs);
        },
      };
    },
    held: () => held,
    againSeconds: () =>
      meanMs === null ? UNKNOWN_SECONDS : Math.min(MOST_SECONDS, Math.max(1, Math.ceil(meanMs / 1_000))),
  };
}
