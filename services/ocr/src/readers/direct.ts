import { AppError } from '@docusnap/contracts';
import type { Loan, Readers } from './pool.ts';

/** Direct callers that may wait for each reader there is, their images come. */
const SEATS_PER_READER = 2;

/** A direct caller's place in the waiting room. */
export interface Seat {
  /** Waits for a reader; the seat is free again once it is lent. Rejects with the signal's reason when the caller gives up. */
  borrow(signal: AbortSignal): Promise<Loan>;
  /** Frees the seat of a caller who goes without a reader. A second call does nothing. */
  leave(): void;
}

/** A direct caller's image, from its first byte until it is read. */
export interface Arrival {
  /** So many bytes more have come. Throws readers_busy where there are others and those of all together are too many to be held. */
  grow(bytes: number): void;
  /** They are held no longer. */
  leave(): void;
}

/** Where those wait who want an image read at once. */
export interface WaitingRoom {
  /** Throws readers_busy, with the seconds to wait, when all seats are taken: most who would find none know it before a byte of the image has come. */
  arrive(): Arrival;
  /** Throws readers_busy likewise. */
  enter(): Seat;
}

/** @param imageBytes most that one image may have */
export function openWaitingRoom(readers: Readers, { imageBytes }: { readonly imageBytes: number }): WaitingRoom {
  let taken = 0;
  let held = 0;
  const busy = (): AppError => new AppError('readers_busy', undefined, { retryAfter: readers.directWaitSeconds() });
  const refuseIfFull = (): void => {
    if (taken >= SEATS_PER_READER * readers.state().count) throw busy();
  };
  // As much as the images of all who wait and all that are being read. What has come counts, not what was announced: who sends little holds little.
  const mostHeld = (): number => (SEATS_PER_READER + 1) * readers.state().count * imageBytes;
  return {
    arrive() {
      refuseIfFull();
      let own = 0;
      return {
        grow(bytes) {
          if (held > own && held + bytes > mostHeld()) throw busy();
          held += bytes;
          own += bytes;
        },
        leave() {
          held -= own;
          own = 0;
        },
      };
    },
    enter() {
      refuseIfFull();
      taken += 1;
      let seated = true;
      const leave = () => {
        if (seated) taken -= 1;
        seated = false;
      };
      return {
        async borrow(signal) {
          try {
            return await readers.borrow('direct', { signal });
          } finally {
            leave();
          }
        },
        leave,
      };
    },
  };
}
