import { createHash } from 'node:crypto';
import { AppError, type MediaType } from '@docusnap/contracts';
import { headerPixels } from './header-pixels.ts';
import { MAGIC_BYTES, mediaTypeOf } from './media-type.ts';

/** A JPEG tells its size after its EXIF block, which may hold a thumbnail of up to 64 KiB; the other kinds tell theirs at once. */
const JPEG_HEADER_BYTES = 65_536;

export interface FileLimits {
  /** Bytes of this file where it is an image, and where it is a PDF. */
  readonly imageBytes: number;
  readonly pdfBytes: number;
  /** Bytes that all files of the job may still have, this one included. */
  readonly bytesLeft: number;
  /** Width times height of one page. */
  readonly pagePixels: number;
  /** Bytes of this file by its source's word, which may be wrong; 0 where it gave none. */
  readonly announcedBytes?: number;
}

/** What was learnt of a file while its bytes went by. */
export interface Inspected {
  readonly mediaType: MediaType;
  readonly bytes: number;
  /** Lower-case hex. */
  readonly sha256: string;
}

/**
 * Lets the bytes of a file through and learns what it is on the way: nothing comes out before its magic bytes and its header were found
 * good. `found` may be called once the iteration has ended. While iterating it throws `file_empty`, `file_type_unsupported`,
 * `too_many_pixels`, `file_too_large` and `job_too_large`.
 */
export function inspectFile(
  source: AsyncIterable<Uint8Array>,
  limits: FileLimits,
): { readonly bytes: AsyncIterable<Uint8Array>; readonly found: () => Inspected } {
  let found: Inspected | undefined;

  async function* through(): AsyncGenerator<Uint8Array> {
    const hash = createHash('sha256');
    let bytes = 0;
    let mediaType: MediaType | undefined;
    let head: Uint8Array[] = [];
    refuseIfTooLong(0, limits, undefined);
    for await (const chunk of source) {
      bytes += chunk.length;
      refuseIfTooLong(bytes, limits, mediaType);
      hash.update(chunk);
      if (mediaType) {
        yield chunk;
        continue;
      }
      head.push(chunk);
      if (bytes < JPEG_HEADER_BYTES && !(bytes >= MAGIC_BYTES && !mayBeJpeg(head[0]!))) continue;
      mediaType = await inspectHead(head, limits);
      refuseIfTooLong(bytes, limits, mediaType);
      yield* head;
      head = [];
    }
    if (bytes === 0) throw new AppError('file_empty');
    if (!mediaType) {
      mediaType = await inspectHead(head, limits);
      refuseIfTooLong(bytes, limits, mediaType);
      yield* head;
    }
    found = { mediaType, bytes, sha256: hash.digest('hex') };
  }

  return {
    bytes: through(),
    found: () => {
      if (!found) throw new AppError('internal', undefined, { cause: new Error('the file was not read to its end') });
      return found;
    },
  };
}

/** @param mediaType undefined as long as it is not known; the file may then be as long as the longest kind */
function refuseIfTooLong(bytes: number, limits: FileLimits, mediaType: MediaType | undefined): void {
  const { imageBytes, pdfBytes, announcedBytes = 0 } = limits;
  const expected = Math.max(bytes, announcedBytes);
  const most = mediaType === undefined ? Math.max(imageBytes, pdfBytes) : isPdf(mediaType) ? pdfBytes : imageBytes;
  if (expected > most) throw new AppError('file_too_large', `The limit is ${most} bytes.`);
  if (expected > limits.bytesLeft) throw new AppError('job_too_large');
}

function mayBeJpeg(first: Uint8Array): boolean {
  return first[0] === 0xff;
}

async function inspectHead(chunks: readonly Uint8Array[], limits: FileLimits): Promise<MediaType> {
  // A buffer of its own length: the header readers look past the end of a shared one.
  const head = joined(chunks, JPEG_HEADER_BYTES);
  const mediaType = await mediaTypeOf(head);
  if (!mediaType) throw new AppError('file_type_unsupported');
  if (isPdf(mediaType)) return mediaType;
  const pixels = headerPixels(mediaType, mediaType === 'image/jpeg' ? head : head.slice(0, MAGIC_BYTES));
  if (pixels !== undefined && pixels > limits.pagePixels) {
    throw new AppError('too_many_pixels', `It has ${pixels} pixels; the limit is ${limits.pagePixels}.`);
  }
  return mediaType;
}

function isPdf(mediaType: MediaType): boolean {
  return mediaType === 'application/pdf';
}

function joined(chunks: readonly Uint8Array[], longest: number): Uint8Array {
  const length = Math.min(
    longest,
    chunks.reduce((sum, chunk) => sum + chunk.length, 0),
  );
  const head = new Uint8Array(length);
  let at = 0;
  for (const chunk of chunks) {
    if (at === length) break;
    const part = chunk.subarray(0, length - at);
    head.set(part, at);
    at += part.length;
  }
  return head;
}
