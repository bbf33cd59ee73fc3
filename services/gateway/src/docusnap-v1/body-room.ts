import type { V1Limits } from './limits.ts';

/** Room for the bodies that are held at a time. */
export interface BodyRoom {
  /** Takes so many bytes of it; null where there are not as many left. What was taken is to be given back once. */
  take(address: string, bytes: number): { giveBack(): void } | null;
}

export function openBodyRoom({ heldBytes, heldBytesOfAddress, byAddress }: V1Limits): BodyRoom {
  let held = 0;
  const heldOf = new Map<string, number>();

  return {
    take(address, bytes) {
      const before = heldOf.get(address) ?? 0;
      if (held + bytes > heldBytes || (byAddress && before + bytes > heldBytesOfAddress)) return null;
      held += bytes;
      heldOf.set(address, before + bytes);
      return {
        giveBack() {
          held -= bytes;
          const left = (heldOf.get(address) ?? 0) - bytes;
          if (left > 0) heldOf.set(address, left);
          else heldOf.delete(address);
        },
      };
    },
  };
}
