/** Weight of the newest body in the running mean. */
const WEIGHT = 0.2;
/** Seconds after which there may be room again, where no body was taken in yet. */
const UNKNOWN_SECONDS = 2;
const MOST_SECONDS = 60;

/** Room for bytes that are being received at a time. */
export interface Room {
  /**
   * Takes so many bytes of it; null where there are not as many left. Who asks while nothing is held gets them, however many. A tenant that holds some
   * gets no more than half of the room: what is left is for others.
   */
  take(bytes: number, tenantId?: string): { giveBack(): void } | null;
  held(): number;
  /** Seconds after which what is held now should have been given back, by how long others held theirs. */
  againSeconds(): number;
}

export function openRoom(most: number, now: () => number = () => performance.now()): Room {
  let held = 0;
  const heldOf = new Map<string, number>();
  let meanMs: number | null = null;

  function letGo(tenantId: string, bytes: number): void {
    const left = (heldOf.get(tenantId) ?? 0) - bytes;
    if (left > 0) heldOf.set(tenantId, left);
    else heldOf.delete(tenantId);
  }

  return {
    take(bytes, tenantId) {
      const own = (tenantId !== undefined && heldOf.get(tenantId)) || 0;
      if ((held > 0 && held + bytes > most) || (own > 0 && own + bytes > most / 2)) return null;
      held += bytes;
      if (tenantId !== undefined) heldOf.set(tenantId, own + bytes);
      const since = now();
      let isHeld = true;
      return {
        giveBack() {
          if (!isHeld) return;
          isHeld = false;
          held -= bytes;
          if (tenantId !== undefined) letGo(tenantId, bytes);
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
