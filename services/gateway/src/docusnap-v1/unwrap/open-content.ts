import { constants, createDecipheriv, createHash, type KeyObject, privateDecrypt } from 'node:crypto';
import { type ClientKey, IV_BYTES, TAG_BYTES } from '../../understand/thread/client-key.ts';
import { isText, type V1Asked } from '../asked.ts';
import { V1Refusal } from '../codes.ts';
import { parseJson } from '../parse-json.ts';

/** A private key, by its id. */
export interface OpeningKey {
  readonly kid: string;
  readonly privateKey: KeyObject;
}

/** What was inside, and the key that the answer is to be under. */
export interface Content {
  readonly toProcess: unknown;
  readonly fileLib: unknown;
  readonly clientKey: ClientKey;
}

/** Bytes. */
const AES_KEY_BYTES = 32;

/** Checks the hash, opens the AES key, then the content, then reads its JSON, in this order. Throws V1Refusal. */
export function openContent(keys: readonly OpeningKey[], asked: V1Asked): Content {
  const content = checkHash(asked);
  const key = openAesKey(keys, asked);
  const alg = algorithmOf(asked.alg);
  const plain = decrypt(alg, key, Buffer.from(content, 'base64'), contentAad(asked));
  const inner = parseJson(plain);
  if (typeof inner !== 'object' || inner === null || !('to_process' in inner)) throw new V1Refusal('INVALID_JSON');
  const { to_process: toProcess, file_lib: fileLib } = inner as Record<string, unknown>;
  return { toProcess, fileLib, clientKey: { alg, key: key.toString('base64'), aad: resultAad(asked) } };
}

function checkHash({ content, sha256 }: V1Asked): string {
  // Text with half a surrogate pair has no UTF-8, so nothing that could be hashed.
  if (typeof content !== 'string' || !content.isWellFormed()) throw new V1Refusal('SHA256_VERIFICATION_FAILED');
  if (createHash('sha256').update(content, 'utf8').digest('hex') !== sha256) throw new V1Refusal('SHA256_MISMATCH');
  return content;
}

/** With the key that is named; where none is, with the first that opens it. */
function openAesKey(keys: readonly OpeningKey[], { aesKey, kid }: V1Asked): Buffer {
  if (!isText(aesKey)) throw new V1Refusal('RSA_DECRYPTION_FAILED');
  const sealed = Buffer.from(aesKey, 'base64');
  for (const key of keys) {
    if (kid !== undefined && kid !== null && kid !== key.kid) continue;
    const opened = openWith(key.privateKey, sealed);
    if (opened?.length === AES_KEY_BYTES) return opened;
  }
  throw new V1Refusal('RSA_DECRYPTION_FAILED');
}

function openWith(key: KeyObject, sealed: Buffer): Buffer | undefined {
  try {
    return privateDecrypt({ key, padding: constants.RSA_PKCS1_OAEP_PADDING, oaepHash: 'sha256' }, sealed);
  } catch {
    // Sealed under another key, or nothing of the kind: told apart by nobody.
    return undefined;
  }
}

function algorithmOf(alg: unknown): ClientKey['alg'] {
  if (alg === undefined || alg === null || alg === 'A256CBC') return 'A256CBC';
  if (alg === 'A256GCM') return alg;
  throw new V1Refusal('AES_DECRYPTION_FAILED');
}

/** Binds content to who sends it and as what: it cannot be sent again as somebody else's. */
function contentAad({ clientId, type }: V1Asked): string {
  return `${clientId}:${type}`;
}

/** Binds a result to its task. */
function resultAad({ clientId, type, sha256 }: V1Asked): string {
  return `${clientId}:${type}:${sha256}`;
}

function decrypt(alg: ClientKey['alg'], key: Buffer, bytes: Buffer, aad: string): Buffer {
  const iv = bytes.subarray(0, IV_BYTES[alg]);
  const sealed = bytes.subarray(IV_BYTES[alg]);
  try {
    if (alg === 'A256CBC') {
      const decipher = createDecipheriv('aes-256-cbc', key, iv);
      return Buffer.concat([decipher.update(sealed), decipher.final()]);
    }
    const decipher = createDecipheriv('aes-256-gcm', key, iv, { authTagLength: TAG_BYTES });
    decipher.setAAD(Buffer.from(aad));
    decipher.setAuthTag(sealed.subarray(Math.max(0, sealed.length - TAG_BYTES)));
    const plain = decipher.update(sealed.subarray(0, -TAG_BYTES));
    return Buffer.concat([plain, decipher.final()]);
  } catch (cause) {
    throw new V1Refusal('AES_DECRYPTION_FAILED', cause);
  }
}
