import { AppError } from '@docusnap/contracts';
import type { Request } from 'express';
import { ConnectionLost } from '../submit/multipart.ts';
import type { BodyRoom } from './body-room.ts';
import { V1Refusal } from './codes.ts';

/** Bodies up to here, which is what polls and small forms are, are always read: what they ask for says how they are to be answered. */
export const SMALL_BYTES = 64 * 1024;
/** A body that comes more slowly than this, on the whole, is given up: it holds room that others want. */
const LEAST_BYTES_PER_SECOND = 16 * 1024;
const GRACE_SECONDS = 10;
/** Seconds after which there may be room again. */
const AGAIN_SECONDS = 5;

export interface Body {
  /** Of their own memory, so that they can be handed over. */
  readonly bytes: Uint8Array;
  /** To be called once it is no longer held. */
  giveBack(): void;
}

export interface ReadBodyOptions {
  readonly room: BodyRoom;
  readonly address: string;
  /** Bytes. */
  readonly most: number;
  /** A large one is not to be read: its sender has asked too often. */
  readonly onlySmall: boolean;
}

/** Reads a body whole. Throws V1Refusal `INVALID_JSON` for one that is too long or compressed, and `readers_busy` where there is no room. */
export async function readBody(request: Request, options: ReadBodyOptions): Promise<Body> {
  const announced = request.headers['content-length'];
  if (request.headers['content-encoding'] !== undefined) throw new V1Refusal('INVALID_JSON');
  if (Number(announced ?? 0) > options.most) throw new V1Refusal('INVALID_JSON');
  // Without a length it could be any.
  const expected = announced === undefined ? SMALL_BYTES : Number(announced);
  const taken = [takeRoom(options, expected)];
  const giveBack = (): void => taken.splice(0).forEach((one) => void one.giveBack());
  try {
    const grow = (bytes: number): void => void taken.push(takeRoom(options, bytes));
    return { bytes: await gather(request, expected, { most: options.most, grow }), giveBack };
  } catch (error) {
    giveBack();
    throw error;
  }
}

function takeRoom({ room, address, onlySmall }: ReadBodyOptions, bytes: number): { giveBack(): void } {
  if (bytes <= SMALL_BYTES) return { giveBack: () => undefined };
  const taken = onlySmall ? null : room.take(address, bytes);
  if (taken === null) throw new AppError('readers_busy', undefined, { retryAfter: AGAIN_SECONDS });
  return taken;
}

/** Copies each piece as it comes, into twice the space where that was too little. */
async function gather(
  request: Request,
  expected: number,
  { most, grow }: { readonly most: number; readonly grow: (bytes: number) => void },
): Promise<Uint8Array> {
  let whole = Buffer.allocUnsafeSlow(expected);
  let length = 0;
  const pace = watchPace(request, () => length);
  try {
    // Not ended with the iteration: there is an answer to send.
    for await (const piece of request.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
      if (length + piece.length > most) throw new V1Refusal('INVALID_JSON');
      if (length + piece.length > whole.length) {
        const wider = Math.min(most, Math.max(2 * whole.length, length + piece.length));
        grow(wider - whole.length);
        const before = whole;
        whole = Buffer.allocUnsafeSlow(wider);
        whole.set(before.subarray(0, length));
      }
      whole.set(piece, length);
      length += piece.length;
    }
  } catch (error) {
    if (request.destroyed) throw new ConnectionLost();
    throw error;
  } finally {
    clearInterval(pace);
  }
  return whole.subarray(0, length);
}

/** Cuts the connection once less has come than should have. */
function watchPace(request: Request, length: () => number): NodeJS.Timeout {
  const began = performance.now();
  return setInterval(() => {
    const seconds = (performance.now() - began) / 1_000;
    if (length() < (seconds - GRACE_SECONDS) * LEAST_BYTES_PER_SECOND) request.destroy();
  }, 1_000);
}
