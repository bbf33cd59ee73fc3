import { createHash } from 'node:crypto';
import { newMasterKey } from '@docusnap/blobs';
import { readConfig } from '@docusnap/runtime';
import { afterAll, afterEach, beforeAll, expect, test } from '@jest/globals';
import { GatewayConfig } from '../config.ts';
import { png } from '../test-pictures.ts';
import { type EncryptionKeys, parseEncryptionKeys } from './keys.ts';
import { startDocuSnapV1 } from './start.ts';
import { base64, joined, sealKey, sha256, V1Client } from './test-client.ts';
import { newPrivatePem, openV1Stage, type V1Stage } from './test-stage.ts';

const PICTURE = base64(png({ width: 40, height: 30 }));
const INNER = { to_process: [PICTURE], file_lib: {} };
const REFUSED = { status: 400, body: { status: 'error', error_detail: 'RSA_DECRYPTION_FAILED' } };

let stage: V1Stage;
let older: string;
let newer: string;
beforeAll(async () => {
  stage = await openV1Stage();
  older = newPrivatePem();
  newer = newPrivatePem();
});
afterEach(() => stage.clear());
afterAll(() => stage.close());

const keysOf = (...pems: string[]): EncryptionKeys => parseEncryptionKeys(pems.join(''));

test('with another key first in the file clients get that one, while what is under the old one still opens', async () => {
  const before = await stage.start({ keys: keysOf(older) });
  const client = new V1Client(before.url);
  const oldPem = await client.publicPem();
  const task = await client.seal('doc', INNER);
  await before.close();
  const after = await stage.start({ keys: keysOf(newer, older) });
  client.url = after.url;
  expect(await client.publicPem()).not.toBe(oldPem);
  expect((await client.submit(task)).status).toBe(202);
  expect((await client.submit(await client.seal('doc', INNER))).status).toBe(202);
  // With its id the one key is tried, no other.
  const kid = keysOf(older)[0].kid;
  const named = await client.seal('doc', INNER, oldPem);
  const fields = {
    type: 'doc',
    SHA256: named.sha256,
    has_content: true,
    content: named.content,
    aes_key: named.aesKey,
  };
  for (const wrong of [keysOf(newer)[0].kid, 'nobody', 7]) {
    expect(await client.process({ ...fields, kid: wrong })).toMatchObject(REFUSED);
  }
  expect((await client.process({ ...fields, kid })).status).toBe(202);
  await after.close();
  const last = await stage.start({ keys: keysOf(newer) });
  client.url = last.url;
  expect(await client.submit(await client.seal('doc', INNER, oldPem))).toMatchObject(REFUSED);
});

test('the public keys are a JWK set with ids that anyone can compute, the one to use first', async () => {
  const { url } = await stage.start({ keys: keysOf(newer, older) });
  const answer = await fetch(`${url}/v1/encryption-keys`);
  expect(answer.headers.get('cache-control')).toBe('public, max-age=300');
  const { keys } = (await answer.json()) as { keys: { kid: string; n: string; e: string }[] };
  expect(keys.map(({ kid }) => kid)).toEqual(keysOf(newer, older).map(({ kid }) => kid));
  for (const { kid, n, e, ...rest } of keys) {
    expect(rest).toEqual({ kty: 'RSA', use: 'enc', alg: 'RSA-OAEP-256' });
    expect(createHash('sha256').update(`{"e":"${e}","kty":"RSA","n":"${n}"}`).digest('base64url')).toBe(kid);
  }
  const html = await (await fetch(`${url}/api/v1/`)).text();
  expect(html).toContain(keys[0]!.kid);
});

test('a client may use AES-256-GCM, which binds content and result to client, kind and hash', async () => {
  const { url } = await stage.start({ keys: keysOf(newer, older) });
  const client = new V1Client(url);
  const { keys } = (await (await fetch(`${url}/v1/encryption-keys`)).json()) as { keys: { kid: string }[] };
  const raw = crypto.getRandomValues(new Uint8Array(32));
  const key = await crypto.subtle.importKey('raw', raw, 'AES-GCM', false, ['encrypt', 'decrypt']);
  const iv = crypto.getRandomValues(new Uint8Array(12));
  const aad = (text: string) => new TextEncoder().encode(text);
  const plain = new TextEncoder().encode(JSON.stringify(INNER));
  const additionalData = aad(`${client.clientId}:doc`);
  const sealed = new Uint8Array(await crypto.subtle.encrypt({ name: 'AES-GCM', iv, additionalData }, key, plain));
  const content = base64(joined(iv, sealed));
  const hash = await sha256(content);
  const fields = {
    SHA256: hash,
    has_content: true,
    content,
    aes_key: await sealKey(raw, await client.publicPem()),
    alg: 'A256GCM',
    kid: keys[0]!.kid,
  };
  const spoilt = { status: 400, body: { error_detail: 'AES_DECRYPTION_FAILED' } };
  // As another kind, by another client, as CBC, with an unknown algorithm, altered.
  expect(await client.process({ ...fields, type: 'form' })).toMatchObject(spoilt);
  expect(await new V1Client(url).process({ ...fields, type: 'doc' })).toMatchObject(spoilt);
  expect(await client.process({ ...fields, type: 'doc', alg: undefined })).toMatchObject(spoilt);
  expect(await client.process({ ...fields, type: 'doc', alg: 'ROT13' })).toMatchObject(spoilt);
  sealed[5]! ^= 1;
  const altered = base64(joined(iv, sealed));
  expect(
    await client.process({ ...fields, type: 'doc', content: altered, SHA256: await sha256(altered) }),
  ).toMatchObject(spoilt);
  expect((await client.process({ ...fields, type: 'doc' })).status).toBe(202);
  await stage.readPages('RENTAL AGREEMENT\nTenant: Jane Roe');
  await stage.understand();
  const { status, body } = await client.poll({ type: 'doc', sha256: hash });
  expect(status).toBe(200);
  const bytes = new Uint8Array(Buffer.from(body.result, 'base64'));
  const opened = await crypto.subtle.decrypt(
    { name: 'AES-GCM', iv: bytes.subarray(0, 12), additionalData: aad(`${client.clientId}:doc:${hash}`) },
    key,
    bytes.subarray(12),
  );
  expect(JSON.parse(new TextDecoder().decode(opened)).title).toMatch(/rental agreement/i);
});

test.each([
  ['nothing', '', 'no private key'],
  ['a public key', () => keysOf(older)[0].publicPem, 'cannot be read'],
  ['a short key', () => newPrivatePem(1_024), '2048 bits'],
  ['one key twice', () => older + older, 'twice'],
  ['garbage', '-----BEGIN PRIVATE KEY-----\nabc\n-----END PRIVATE KEY-----\n', 'cannot be read'],
])('%s is no file of keys, and what is wrong is said without a key in it', (_what, made, words) => {
  const text = typeof made === 'string' ? made : made();
  const env = { DATABASE_URL: 'a', DATABASE_WORKER_URL: 'b', BLOB_DIR: 'c', MASTER_KEY: newMasterKey('k') };
  const parse = () => parseEncryptionKeys(text);
  expect(parse).toThrow(words);
  if (text === '') return;
  const problem = (() => {
    try {
      readConfig(GatewayConfig, { ...env, DOCUSNAP_V1_KEYS: text });
      return '';
    } catch (error) {
      return String(error);
    }
  })();
  expect(problem).toContain('DOCUSNAP_V1_KEYS cannot be used');
  expect(problem).not.toContain(text.split('\n')[1]);
});

test('turned on without keys it says what is missing; off, there is nothing below /api/v1', async () => {
  const off = { DOCUSNAP_V1: 'off', DOCUSNAP_V1_TASKS: 5, DOCUSNAP_V1_LIMIT_BY_ADDRESS: 'off' } as const;
  expect(await startDocuSnapV1(stage.base.worker, off)).toBeUndefined();
  await expect(startDocuSnapV1(stage.base.worker, { ...off, DOCUSNAP_V1: 'on' })).rejects.toThrow(
    'DOCUSNAP_V1_KEYS_FILE',
  );
  const v1 = await startDocuSnapV1(stage.base.worker, { ...off, DOCUSNAP_V1: 'on', DOCUSNAP_V1_KEYS: keysOf(newer) });
  expect(v1?.limits).toMatchObject({ tasks: 5, byAddress: false });
  await v1?.close();
  for (const path of ['/api/v1/', '/api/v1/process', '/check_status', '/v1/encryption-keys']) {
    expect((await stage.base.call(path)).status).toBe(404);
  }
});
