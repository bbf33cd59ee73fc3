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
const BASE64 = /^[A-Za-z0-9+/]+={0,2}$/;
const VAULT = /^vault:([A-Za-z0-9_./-]+)\/([A-Za-z0-9_.-]+):(vault:v\d+:[A-Za-z0-9+/]+={0,2})$/;
const COMMAND = /^command:([A-Za-z0-9+/]+={0,2})$/;
const WRAP_VERSION = 1;

/** One key as MASTER_KEY has it: itself, or wrapped by a key service that opens it once, at the start (see key-services.ts). */
export type KeyPart = { readonly id: string } & (
  | { readonly key: KeyObject }
  | { readonly vault: { readonly mount: string; readonly name: string; readonly ciphertext: string } }
  | { readonly command: { readonly ciphertext: Buffer } }
);

/**
 * Reads `id:KEY` or, while keys are rotated, `new:KEY,old:KEY`. KEY is 32 bytes in base64, or wrapped: `vault:MOUNT/NAME:vault:v1:...` by Vault's transit engine,
 * `command:BASE64` by whatever MASTER_KEY_COMMAND asks. Throws MasterKeyError.
 */
export function readKeyParts(text: string): KeyPart[] {
  const parts: KeyPart[] = [];
  const written = text.trim().split(',');
  for (const [index, part] of written.entries()) {
    const where = written.length === 1 ? 'the master key' : `master key ${index + 1} of ${written.length}`;
    const colon = part.indexOf(':');
    if (colon < 0) throw new MasterKeyError(`${where} is not of the form id:base64`);
    const id = part.slice(0, colon).trim();
    if (!ID.test(id))
      throw new MasterKeyError(`${where} needs an id of 1 to 32 letters, digits, - or _ before the colon`);
    if (parts.some((other) => other.id === id)) throw new MasterKeyError(`the master key id "${id}" is given twice`);
    parts.push(readKeyPart(id, part.slice(colon + 1).trim()));
  }
  return parts;
}

function readKeyPart(id: string, key: string): KeyPart {
  const [, mount, name, ciphertext] = VAULT.exec(key) ?? [];
  if (mount && name && ciphertext) return { id, vault: { mount, name, ciphertext } };
  const [, wrapped] = COMMAND.exec(key) ?? [];
  if (wrapped) return { id, command: { ciphertext: Buffer.from(wrapped, 'base64') } };
  if (!BASE64.test(key)) throw new MasterKeyError(`the master key "${id}" is not base64`);
  return { id, key: keyOf(id, Buffer.from(key, 'base64')) };
}

/** Reads a MASTER_KEY of which no key is wrapped. Throws MasterKeyError. */
export function parseMasterKeys(text: string): MasterKeys {
  return masterKeysOf(
    readKeyParts(text).map((part) => {
      if ('key' in part) return part;
      throw new MasterKeyError(`the master key "${part.id}" is wrapped, and nothing here opens it`);
    }),
  );
}

export function masterKeysOf(keys: readonly { readonly id: string; readonly key: KeyObject }[]): MasterKeys {
  return { currentId: keys[0]!.id, byId: new Map(keys.map(({ id, key }) => [id, key])) };
}

export function keyOf(id: string, bytes: Uint8Array): KeyObject {
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
  return { dataKey, wrapped: wrapDataKey(masterKeys, dataKey, context) };
}

function wrapDataKey(masterKeys: MasterKeys, dataKey: Buffer, context: string): WrappedKey {
  const id = masterKeys.currentId;
  const salt = newSalt();
  const derived = deriveKey(masterKeys.byId.get(id)!, salt, 'docusnap/wrap/1');
  const sealed = sealPart(derived, Buffer.from(context), dataKey);
  return { masterKeyId: id, wrapped: Buffer.concat([Buffer.of(WRAP_VERSION), salt, sealed]) };
}

/** The same data key, wrapped by the current master key: what it sealed stays as it is. Throws as `unwrapDataKey`. */
export function rewrapDataKey(masterKeys: MasterKeys, wrapped: WrappedKey, context: string): WrappedKey {
  return wrapDataKey(masterKeys, unwrapDataKey(masterKeys, wrapped, context), context);
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
