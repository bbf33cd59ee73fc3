import { createHash, createPrivateKey, createPublicKey, type KeyObject } from 'node:crypto';

/** A key that clients seal their AES keys under. */
export interface EncryptionKey {
  /** The JWK thumbprint (RFC 7638): it needs to be written down nowhere, and no two keys have the same. */
  readonly kid: string;
  readonly privateKey: KeyObject;
  readonly publicJwk: PublicJwk;
  /** SubjectPublicKeyInfo, as the protocol gives it out. */
  readonly publicPem: string;
}

export interface PublicJwk {
  readonly kty: 'RSA';
  readonly n: string;
  readonly e: string;
  readonly use: 'enc';
  readonly alg: 'RSA-OAEP-256';
  readonly kid: string;
}

/** The first is offered, all open. */
export type EncryptionKeys = readonly [EncryptionKey, ...EncryptionKey[]];

/** A file of keys that cannot be used; the message says why and shows nothing of a key. */
export class EncryptionKeyError extends Error {
  override readonly name = 'EncryptionKeyError';
}

/** Shorter ones can be broken. */
const LEAST_BITS = 2_048;
const PEM = /-----BEGIN ([A-Z ]+)-----[^-]+-----END \1-----/g;

/** Reads RSA private keys in PEM (PKCS#8 or PKCS#1), one after another. Throws EncryptionKeyError. */
export function parseEncryptionKeys(text: string): EncryptionKeys {
  const [first, ...others] = [...text.matchAll(PEM)].map(([pem], index) => keyOf(pem, index + 1));
  if (first === undefined) throw new EncryptionKeyError('there is no private key in PEM in it');
  const keys: EncryptionKeys = [first, ...others];
  if (new Set(keys.map(({ kid }) => kid)).size < keys.length) throw new EncryptionKeyError('one key is in it twice');
  return keys;
}

function keyOf(pem: string, place: number): EncryptionKey {
  const privateKey = privateKeyOf(pem, place);
  const bits = privateKey.asymmetricKeyDetails?.modulusLength ?? 0;
  if (privateKey.asymmetricKeyType !== 'rsa' || bits < LEAST_BITS) {
    throw new EncryptionKeyError(`key ${place} is no RSA key of ${LEAST_BITS} bits or more`);
  }
  const publicKey = createPublicKey(privateKey);
  const { n = '', e = '' } = publicKey.export({ format: 'jwk' });
  // The members in this order, without spaces: that is what a thumbprint is taken of.
  const kid = createHash('sha256')
    .update(JSON.stringify({ e, kty: 'RSA', n }))
    .digest('base64url');
  return {
    kid,
    privateKey,
    publicJwk: { kty: 'RSA', n, e, use: 'enc', alg: 'RSA-OAEP-256', kid },
    publicPem: publicKey.export({ format: 'pem', type: 'spki' }).toString(),
  };
}

function privateKeyOf(pem: string, place: number): KeyObject {
  try {
    return createPrivateKey(pem);
  } catch {
    throw new EncryptionKeyError(`key ${place} cannot be read as a private key without a passphrase`);
  }
}
