import { AppError } from '@docusnap/contracts';
import type { JobCursor, PageCursor } from '@docusnap/db';
import { z } from 'zod';

/** Cursors are opaque to clients. They need no signature: one can only say where in the caller's own list to go on. */

const AfterJob = z.tuple([z.iso.datetime(), z.uuid()]);
const AfterPage = z.tuple([z.int32().min(0), z.int32().min(0)]);

export function encodeCursor(after: JobCursor): string {
  return encode([after.createdAt.toISOString(), after.id]);
}

/** Throws `bad_request` for what `encodeCursor` did not write. */
export function decodeCursor(cursor: string): JobCursor {
  const [createdAt, id] = decode(AfterJob, cursor);
  return { createdAt: new Date(createdAt), id };
}

export function encodePageCursor(after: PageCursor): string {
  return encode([after.fileIndex, after.fileFrame]);
}

/** Throws `bad_request` for what `encodePageCursor` did not write. */
export function decodePageCursor(cursor: string): PageCursor {
  const [fileIndex, fileFrame] = decode(AfterPage, cursor);
  return { fileIndex, fileFrame };
}

function encode(after: readonly unknown[]): string {
  return Buffer.from(JSON.stringify(after)).toString('base64url');
}

function decode<Schema extends z.ZodType>(schema: Schema, cursor: string): z.output<Schema> {
  try {
    return schema.parse(JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8')));
  } catch (cause) {
    throw new AppError('bad_request', 'cursor: take next_cursor of the list before as it is.', { cause });
  }
}
