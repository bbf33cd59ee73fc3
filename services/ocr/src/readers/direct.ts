import { AppError } from '@docusnap/contracts';
import type { Loan, Readers } from './pool.ts';

/** Direct callers that may wait (their upload included) for each reader there is. */
const SEATS_PER_READER = 2;

/** A direct caller's place in the waiting room. */
export interface Seat {
  /** Waits for a reader; the seat is free again once it is lent. Rejects with the signal's reason when the caller gives up. */
  borrow(signal: AbortSignal): Promise<Loan>;
  /** Frees the seat of a caller who goes without a reader. A second call does nothing. */
  leave(): void;
}

/** Where those wait who want an image read at once. */
export interface WaitingRoom {
  /** Throws readers_busy, with the seconds to wait, when all seats are taken: known before a byte of the image has come. */
  enter(): Seat;
}

export function openWaitingRoom(readers: Readers): WaitingRoom {
  let taken = 0;
  return {
    enter() {
      if (taken >= SEATS_PER_READER * readers.state().count) {
        throw new AppError('readers_busy', undefined, { retryAfter: readers.directWaitSeconds() });
      }
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
