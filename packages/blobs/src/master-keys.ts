import { createSecretKey, type KeyObject, randomBytes } from 'node:crypto';
import { AppError, type WrappedKey } from '@docusnap/contracts';
import { deriveKey, KEY_BYTES, newSalt, openPart, SALT_BYTES, sealPart } from './sealing.ts';

/** The keys that wrap data keys: the first wraps, all unwrap. KeyObjects, so that a log line cannot print them. */
export interface MasterKeys {
  readonly currentId: string;
  readonly byId: ReadonlyMap<string, KeyObject>;
}

/** A MASTER_KEY that cannot be used; the message says why and never shows the key. */
export class MasterKeyError extends Error {
  override readonly name = 'MasterKeyError';
}

const ID = /^[A-Za-z0-9_-]{1,32}$/;
const BASE64 = /^[A-Za-z0-9+/]*={0,2}$/;
const WRAP_VERSION = 1;

/** Reads `id:base64` or, while keys are rotated, `new:base64,old:base64`. Each key is 32 bytes. Throws MasterKeyError. */
export function parseMasterKeys(text: string): MasterKeys {
  const byId = new Map<string, KeyObject>();
  const parts = text.trim().split(',');
  for (const [index, part] of parts.entries()) {
    const where = parts.length === 1 ? 'the master key' : `master key ${index + 1} of ${parts.length}`;
    const colon = part.indexOf(':');
    if (colon < 0) throw new MasterKeyError(`${where} is not of the form id:base64`);
    const id = part.slice(0, colon).trim();
    if (!ID.test(id))
      throw new MasterKeyError(`${where} needs an id of 1 to 32 letters, digits, - or _ before the colon`);
    if (byId.has(id)) throw new MasterKeyError(`the master key id "${id}" is given twice`);
    byId.set(id, keyOf(id, part.slice(colon + 1).trim()));
  }
  return { currentId: [...byId.keys()][0]!, byId };
}

function keyOf(id: string, base64: string): KeyObject {
  const bytes = Buffer.from(base64, 'base64');
  if (!BASE64.test(base64)) throw new MasterKeyError(`the master key "${id}" is not base64`);
  if (bytes.length !== KEY_BYTES) {
    throw new MasterKeyError(
      `the master key "${id}" has ${bytes.length} bytes, not ${KEY_BYTES} (openssl rand -base64 32)`,
    );
  }
  return createSecretKey(bytes);
}

/** A new random master key as `parseMasterKeys` reads it. */
export function newMasterKey(id: string): string {
  const text = `${id}:${randomBytes(KEY_BYTES).toString('base64')}`;
  parseMasterKeys(text);
  return text;
}

/** A new random data key (32 bytes) and the form in which it is stored; `context` (jobContext) is needed again to unwrap it. */
export function newDataKey(masterKeys: MasterKeys, context: string): { dataKey: Buffer; wrapped: WrappedKey } {
  const dataKey = randomBytes(KEY_BYTES);
  const id = masterKeys.currentId;
  const salt = newSalt();
  const derived = deriveKey(masterKeys.byId.get(id)!, salt, 'docusnap/wrap/1');
  const sealed = sealPart(derived, Buffer.from(context), dataKey);
  return {
    dataKey,
    wrapped: { masterKeyId: id, wrapped: Buffer.concat([Buffer.of(WRAP_VERSION), salt, sealed]) },
  };
}

/**
 * The data key that `newDataKey` wrapped. Throws `blob_damaged` when it was altered or belongs to another context, `master_key_missing` when
 * it was wrapped by a master key that is not among those given: while keys are rotated another process may have it.
 */
export function unwrapDataKey(masterKeys: MasterKeys, wrapped: WrappedKey, context: string): Buffer {
  const masterKey = masterKeys.byId.get(wrapped.masterKeyId);
  if (!masterKey) {
    throw new AppError('master_key_missing', `Its id is "${wrapped.masterKeyId}".`);
  }
  const bytes = Buffer.from(wrapped.wrapped);
  if (bytes[0] !== WRAP_VERSION) throw new AppError('blob_damaged', 'The data key has no known form.');
  const derived = deriveKey(masterKey, bytes.subarray(1, 1 + SALT_BYTES), 'docusnap/wrap/1');
  return openPart(derived, Buffer.from(context), bytes.subarray(1 + SALT_BYTES));
}
