import { promisify } from 'node:util';
import { constants, zstdCompressSync, zstdDecompress } from 'node:zlib';
import { AppError } from '@docusnap/contracts';
import { deriveKey, newSalt, openPart, SALT_BYTES, sealPart } from './sealing.ts';

const VERSION = 1;
/** A page of made-up words packs to a third of its JSON, at level 1 as well as at 3 or 6. */
const ZSTD = { params: { [constants.ZSTD_c_compressionLevel]: 1 } };

const decompress = promisify(zstdDecompress);

/**
 * Compresses and seals bytes that fit in memory: version, salt, ciphertext, tag. `context` (pageContext) is needed again to open them. It runs
 * on the calling thread, which is a reader's: for a page, the way to the thread pool and back takes longer than the work.
 */
export function sealBytes(dataKey: Buffer, context: string, bytes: Uint8Array): Buffer {
  const salt = newSalt();
  const packed = zstdCompressSync(bytes, ZSTD);
  const sealed = sealPart(deriveKey(dataKey, salt, 'docusnap/bytes/1'), Buffer.from(context), packed);
  return Buffer.concat([Buffer.of(VERSION), salt, sealed]);
}

/** What `sealBytes` was given. Throws `blob_damaged` when the bytes were altered or cut, or the key or the context is another. */
export async function openBytes(dataKey: Buffer, context: string, sealed: Uint8Array): Promise<Buffer> {
  const bytes = Buffer.from(sealed.buffer, sealed.byteOffset, sealed.length);
  if (bytes[0] !== VERSION) throw new AppError('blob_damaged', 'They have no known form.');
  const derived = deriveKey(dataKey, bytes.subarray(1, 1 + SALT_BYTES), 'docusnap/bytes/1');
  return decompress(openPart(derived, Buffer.from(context), bytes.subarray(1 + SALT_BYTES)));
}
