import { AppError } from '@docusnap/contracts';

/** What libvips' decoders say when the bytes end before the picture does. */
const ENDS_EARLY = /premature end|unexpected end|end of file|bad seek|truncated|got \d+ bytes, expected/i;
const TOO_LARGE = /exceeds pixel limit|exceeds .* limit|too large|dimensions? .*exceed/i;

/** Why a picture cannot be decoded, as one of the codes a caller knows; the decoder's own words stay in `cause`, for the log. */
export function decodeFailure(cause: unknown, bytes: Uint8Array): AppError {
  if (cause instanceof AppError) {
    return cause;
  }
  const reason = cause instanceof Error ? cause.message : String(cause);
  if (TOO_LARGE.test(reason)) {
    return new AppError('too_many_pixels', undefined, { cause });
  }
  if (ENDS_EARLY.test(reason) || endsEarly(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength))) {
    return new AppError('file_truncated', undefined, { cause });
  }
  return new AppError('file_undecodable', undefined, { cause });
}

/** For decoders that do not tell why they gave up: whether the file's own structure says that there should be more of it. */
function endsEarly(bytes: Buffer): boolean {
  if (bytes.length < 12) {
    return false;
  }
  switch (bytes.readUInt32BE(0)) {
    case 0x89504e47: // PNG ends with the chunk IEND.
      return bytes.lastIndexOf('IEND', undefined, 'latin1') < 0;
    case 0x52494646: // RIFF (WebP) tells its length.
      return bytes.readUInt32LE(4) + 8 > bytes.length;
    case 0x49492a00: // TIFF, little-endian, tells where its first directory is.
      return bytes.readUInt32LE(4) + 2 > bytes.length;
    case 0x4d4d002a: // TIFF, big-endian.
      return bytes.readUInt32BE(4) + 2 > bytes.length;
    default:
      return false;
  }
}
