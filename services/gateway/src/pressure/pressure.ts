import { AppError, type ErrorCode } from '@docusnap/contracts';
import type { Request, Response } from 'express';
import { ConnectionLost } from '../submit/multipart.ts';
import { openRoom, type Room } from './room.ts';

/** What this gateway takes in at a time, and what it leaves free. */
export interface PressureLimits {
  /** Bytes of uploads that are being received at a time. */
  readonly uploadBytes: number;
  /** Bytes of JSON bodies at a time: unlike uploads they are held in memory. */
  readonly jsonBytes: number;
  /** Bytes of memory, and of the disk of the stored files, below which nothing more is taken in. */
  readonly freeMemoryBytes: number;
  readonly freeDiskBytes: number;
}

export const PRESSURE_LIMITS: PressureLimits = {
  uploadBytes: 1024 ** 3,
  jsonBytes: 128 * 1024 ** 2,
  freeMemoryBytes: 256 * 1024 ** 2,
  freeDiskBytes: 1024 ** 3,
};

/** Bodies up to here are always read: what they cost is no more than any request does. */
const SMALL_BYTES = 64 * 1024;
/** An upload that does not say how long it is counts as this long. */
const UNKNOWN_BYTES = 64 * 1024 * 1024;
/** A JSON body is held as its bytes, its text, the text of a file, and the bytes of that. */
const TIMES_IN_MEMORY = 4;
/** How long a look at memory and disk is good for, in milliseconds. */
const LOOK_MS = 250;
/** Seconds after which there may be more memory: requests end; and more disk: somebody has to see to it, or jobs to expire. */
const MEMORY_AGAIN_SECONDS = 5;
const DISK_AGAIN_SECONDS = 30;

/** Refusals that are no fault of the request: they are counted by these names. */
export const PRESSURE_CODES = [
  'gateway_busy',
  'memory_low',
  'disk_low',
  'queue_full',
  'tenant_queue_full',
] as const satisfies readonly ErrorCode[];
export type PressureCode = (typeof PRESSURE_CODES)[number];

export interface PressureSources {
  /** Bytes, or null where it cannot be told. */
  readonly freeMemory: () => number | null;
  readonly freeDisk: () => Promise<number | null>;
  /** Most bytes that a JSON body may have: one that does not say how long it is counts as that. */
  readonly longestJson: number;
  readonly onRefusal: (code: PressureCode) => void;
}

/** A body that is about to come. */
export interface Coming {
  /** Whether anything of it is going to be stored. */
  readonly storesFiles: boolean;
  /** Whose it is; nobody holds all the room. */
  readonly tenantId: string;
}

/** Refuses what cannot be held before it is received, so that what is being received can be. */
export interface Pressure {
  /**
   * Makes room for a body that is about to come; it is given back once an upload has come, and else with the answer or before by `giveBack`. Throws
   * `gateway_busy`, `memory_low` and `disk_low`, and ConnectionLost where the client has gone by then.
   */
  admit(request: Request, response: Response, coming: Coming): Promise<void>;
  /** The body of that request is held no longer. */
  giveBack(response: Response): void;
  /** Throws `memory_low` and `disk_low`, for bodies whose room is others' concern. */
  refuseIfLow(): Promise<void>;
  /** Counts a refusal of any of the kinds above, wherever it was made. */
  count(error: unknown): void;
  /** Bytes that are being received. */
  held(): { readonly uploads: number; readonly json: number };
}

export function openPressure(limits: PressureLimits, sources: PressureSources): Pressure {
  const rooms = { uploads: openRoom(limits.uploadBytes), json: openRoom(limits.jsonBytes) };
  const taken = new WeakMap<Response, { giveBack(): void }>();
  let look: Promise<{ memory: number; disk: number }> | undefined;

  async function lookAround(): Promise<{ memory: number; disk: number }> {
    const disk = (await sources.freeDisk()) ?? Number.POSITIVE_INFINITY;
    return { memory: sources.freeMemory() ?? Number.POSITIVE_INFINITY, disk };
  }

  /** @param needed bytes; null where the request takes nothing worth mentioning of it */
  async function refuseIfLow(needed: { readonly memory: number | null; readonly disk: number | null }): Promise<void> {
    if (look === undefined) {
      look = lookAround();
      setTimeout(() => (look = undefined), LOOK_MS).unref();
    }
    const free = await look;
    if (needed.memory !== null && free.memory - needed.memory < limits.freeMemoryBytes) {
      throw new AppError('memory_low', undefined, { retryAfter: MEMORY_AGAIN_SECONDS });
    }
    if (needed.disk !== null && free.disk - rooms.uploads.held() - needed.disk < limits.freeDiskBytes) {
      throw new AppError('disk_low', undefined, { retryAfter: DISK_AGAIN_SECONDS });
    }
  }

  async function admit(request: Request, response: Response, { storesFiles, tenantId }: Coming): Promise<void> {
    const isUpload = request.is('multipart/form-data') === 'multipart/form-data';
    const bytes = bodyBytes(request, isUpload ? UNKNOWN_BYTES : sources.longestJson);
    const isSmall = bytes <= SMALL_BYTES;
    if (isSmall && !storesFiles) return;
    const memory = isUpload ? 0 : TIMES_IN_MEMORY * bytes;
    await refuseIfLow({ memory: isSmall ? null : memory, disk: storesFiles ? bytes : null });
    if (isSmall) return;
    // Told already, while its key was looked up or the disk looked at: nothing would tell of it any more, and its room were held for good.
    if (response.destroyed) throw new ConnectionLost();
    const held = takeRoom(isUpload ? rooms.uploads : rooms.json, bytes, tenantId);
    taken.set(response, held);
    response.once('close', held.giveBack);
    // What has come of an upload is on the disk; JSON is still held then.
    if (isUpload) request.once('end', held.giveBack);
  }

  return {
    admit,
    giveBack: (response) => taken.get(response)?.giveBack(),
    refuseIfLow: () => refuseIfLow({ memory: 0, disk: 0 }),
    count: (error) => {
      const code = error instanceof AppError ? PRESSURE_CODES.find((one) => one === error.code) : undefined;
      if (code) sources.onRefusal(code);
    },
    held: () => ({ uploads: rooms.uploads.held(), json: rooms.json.held() }),
  };
}

function takeRoom(room: Room, bytes: number, tenantId: string): { giveBack(): void } {
  const held = room.take(bytes, tenantId);
  if (held === null) throw new AppError('gateway_busy', undefined, { retryAfter: room.againSeconds() });
  return held;
}

/** Whether a body is worth refusing before it has come. */
export function isLarge(request: Request): boolean {
  return bodyBytes(request, UNKNOWN_BYTES) > SMALL_BYTES;
}

/** As announced; 0 without a body. */
function bodyBytes(request: Request, unknown: number): number {
  const announced = request.headers['content-length'];
  if (announced !== undefined) return Number(announced);
  return request.headers['transfer-encoding'] === undefined ? 0 : unknown;
}
