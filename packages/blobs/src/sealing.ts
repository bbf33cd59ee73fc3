import { createCipheriv, createDecipheriv, hkdfSync, type KeyObject, randomBytes } from 'node:crypto';
import { AppError } from '@docusnap/contracts';

/**
 * The one cipher of this package: AES-256-GCM under a key derived (HKDF-SHA256) for each message from the long-lived key, a random salt
 * and the message's purpose. A derived key seals one message, so nonces are counters and cannot collide however many messages a key
 * seals: random 96-bit nonces under the master key itself would be worn out after 2^32 jobs.
 */
const CIPHER = 'aes-256-gcm';
/** Bytes. */
export const KEY_BYTES = 32;
export const SALT_BYTES = 32;
export const TAG_BYTES = 16;
const NONCE_BYTES = 12;

/** What a derived key is for; keeps one kind of message from passing as another. */
export type Purpose =
  | 'docusnap/wrap/1'
  | 'docusnap/bytes/1'
  | 'docusnap/stream/1'
  | 'docusnap/cache/1'
  | 'docusnap/source/1';

export function newSalt(): Buffer {
  return randomBytes(SALT_BYTES);
}

export function deriveKey(key: Buffer | KeyObject, salt: Uint8Array, purpose: Purpose): Buffer {
  return Buffer.from(hkdfSync('sha256', key, salt, purpose, KEY_BYTES));
}

/** Seals one part of a message: ciphertext, then the tag. `counter` numbers the parts of one derived key from 0. */
export function sealPart(derived: Buffer, associated: Buffer, plain: Uint8Array, counter = 0, last = true): Buffer {
  return Buffer.concat(sealPieces(derived, associated, [plain], counter, last));
}

/** The same of a part that lies in pieces, and in pieces: each copy of a file is memory that has to be collected. */
export function sealPieces(
  derived: Buffer,
  associated: Buffer,
  plain: readonly Uint8Array[],
  counter: number,
  last: boolean,
): Buffer[] {
  const cipher = createCipheriv(CIPHER, derived, nonceOf(counter, last), { authTagLength: TAG_BYTES });
  cipher.setAAD(associated);
  return [...plain.map((piece) => cipher.update(piece)), cipher.final(), cipher.getAuthTag()];
}

/** Opens what `sealPart` made with the same arguments; `blob_damaged` when anything at all differs. */
export function openPart(derived: Buffer, associated: Buffer, sealed: Uint8Array, counter = 0, last = true): Buffer {
  if (sealed.length < TAG_BYTES) throw new AppError('blob_damaged', 'It ends too early.');
  const decipher = createDecipheriv(CIPHER, derived, nonceOf(counter, last), { authTagLength: TAG_BYTES });
  decipher.setAAD(associated);
  decipher.setAuthTag(sealed.subarray(sealed.length - TAG_BYTES));
  const plain = decipher.update(sealed.subarray(0, sealed.length - TAG_BYTES));
  try {
    decipher.final();
  } catch (error) {
    throw new AppError('blob_damaged', undefined, { cause: error });
  }
  return plain;
}

/** The STREAM construction: the part's number, and a last byte that tells the final part from all before it. */
function nonceOf(counter: number, last: boolean): Buffer {
  const nonce = Buffer.alloc(NONCE_BYTES);
  nonce.writeUIntBE(counter, NONCE_BYTES - 7, 6);
  nonce[NONCE_BYTES - 1] = last ? 1 : 0;
  return nonce;
}
