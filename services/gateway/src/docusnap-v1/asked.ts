import { V1_TYPES, type V1Type } from '@docusnap/db';
import { V1Refusal } from './codes.ts';
import { parseJson } from './parse-json.ts';

/** What every request to process says. */
export interface V1Fields {
  readonly clientId: string;
  readonly type: V1Type;
  readonly sha256: string;
  readonly hasContent: boolean;
}

/** A request as it was sent. What belongs to its content is looked at only once it is known that there is no task yet. */
export interface V1Asked extends V1Fields {
  readonly content: unknown;
  readonly aesKey: unknown;
  /** Not of the protocol: `A256GCM` for authenticated encryption. */
  readonly alg: unknown;
  /** Not of the protocol: which of our keys `aes_key` was sealed under. */
  readonly kid: unknown;
}

/** Characters of a client's id, a UUID; what clients send is not held to that form. */
const LONGEST_ID = 200;

/** Checks the required fields, the type, and that there is content where it is said to be, in this order. Throws V1Refusal. */
export function readAsked(body: Uint8Array): V1Asked {
  const given = readObject(body);
  const { client_id: clientId, type, SHA256: sha256, has_content: hasContent, content } = given;
  if (!isText(clientId) || clientId.length > LONGEST_ID || isMissing(type) || !isText(sha256)) {
    throw new V1Refusal('MISSING_REQUIRED_FIELD');
  }
  if (typeof hasContent !== 'boolean') throw new V1Refusal('MISSING_REQUIRED_FIELD');
  const known = V1_TYPES.find((one) => one === type);
  if (known === undefined) throw new V1Refusal('INVALID_TYPE');
  if (hasContent && isMissing(content)) throw new V1Refusal('MISSING_CONTENT');
  const { aes_key: aesKey, alg, kid } = given;
  return { clientId, type: known, sha256, hasContent, content, aesKey, alg, kid };
}

/** The object that a body holds; what is JSON but no object has no fields. Throws V1Refusal. */
export function readObject(body: Uint8Array): Readonly<Record<string, unknown>> {
  const value = parseJson(body);
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
}

export function isText(value: unknown): value is string {
  return typeof value === 'string' && value !== '';
}

function isMissing(value: unknown): boolean {
  return value === undefined || value === null || value === '';
}
