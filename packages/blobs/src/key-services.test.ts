import { createServer, type Server } from 'node:http';
import { freePort } from '@docusnap/testing';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { openMasterKeys } from './key-services.ts';
import { newMasterKey } from './master-keys.ts';

const KEY = Buffer.alloc(32, 7);
const WRAPPED = 'vault:v1:AAAAwrapped+bytes/==';

interface Asked {
  readonly method: string | undefined;
  readonly url: string | undefined;
  readonly token: unknown;
  readonly namespace: unknown;
  readonly body: unknown;
}
/** A server that speaks as Vault's transit engine does: who has the token gets what was wrapped, all others a word of refusal. */
let server: Server;
let port: number;
let asked: Asked[];
let answers: (request: Asked) => { status: number; body: unknown } | 'silence';

beforeEach(async () => {
  asked = [];
  answers = ({ token, body }) => {
    if (token !== 's.right') return { status: 403, body: { errors: ['1 error occurred:\n\t* permission denied\n\n'] } };
    const { ciphertext } = body as { ciphertext: string };
    if (ciphertext !== WRAPPED) return { status: 400, body: { errors: ['cipher: message authentication failed'] } };
    return { status: 200, body: { data: { plaintext: KEY.toString('base64') } } };
  };
  server = createServer(async (request, response) => {
    const parts = await Array.fromAsync(request as AsyncIterable<Buffer>);
    const { method, url, headers } = request;
    const seen: Asked = {
      method,
      url,
      token: headers['x-vault-token'],
      namespace: headers['x-vault-namespace'],
      body: JSON.parse(Buffer.concat(parts).toString()),
    };
    asked.push(seen);
    const answer = answers(seen);
    if (answer === 'silence') return void request.socket.destroy();
    response.writeHead(answer.status, { 'content-type': 'application/json' }).end(JSON.stringify(answer.body));
  });
  port = await freePort();
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
});
afterEach(async () => {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

const vault = () => ({ VAULT_ADDR: `http://127.0.0.1:${port}/`, VAULT_TOKEN: 's.right' });
const text = `2026:vault:transit/docusnap:${WRAPPED}`;

test('a key that Vault wrapped is opened through its transit engine, once, beside one that is not wrapped', async () => {
  const plain = newMasterKey('2025');
  const keys = await openMasterKeys(`2026:vault:secrets/transit/docu-snap:${WRAPPED},${plain}`, {
    ...vault(),
    VAULT_NAMESPACE: 'team',
  });
  expect(keys.currentId).toBe('2026');
  expect(keys.byId.get('2026')?.export()).toEqual(KEY);
  expect(keys.byId.get('2025')?.export().toString('base64')).toBe(plain.slice('2025:'.length));
  expect(asked).toEqual([
    {
      method: 'POST',
      url: '/v1/secrets/transit/decrypt/docu-snap',
      token: 's.right',
      namespace: 'team',
      body: { ciphertext: WRAPPED },
    },
  ]);
});

test('each way that Vault may fail is told in one sentence, with its address and its own words, and no key', async () => {
  const failure = async (change: object, written = text) => {
    const error = await openMasterKeys(written, { ...vault(), ...change }).then(
      () => new Error('it was opened'),
      (thrown: Error) => thrown,
    );
    expect(error.name).toBe('MasterKeyError');
    expect(error.message).toMatch(/^the master key "2026" [^\n]+$/);
    expect(error.message).not.toContain('s.right');
    return error.message;
  };
  expect(await failure({ VAULT_TOKEN: 's.wrong' })).toMatch(
    /127\.0\.0\.1:\d+\/v1\/transit\/decrypt\/docusnap refused it with 403 \(.*permission denied.*\)/,
  );
  expect(await failure({}, text.replace('AAAA', 'BBBB'))).toMatch(/400 \(cipher: message authentication failed\)/);
  expect(await failure({ VAULT_ADDR: undefined })).toContain('VAULT_ADDR and VAULT_TOKEN');
  expect(await failure({ VAULT_TOKEN: undefined })).toContain('VAULT_TOKEN_FILE');
  expect(await failure({ VAULT_ADDR: `http://127.0.0.1:${await freePort()}` })).toContain('does not answer');
  answers = () => 'silence';
  expect(await failure({})).toContain('does not answer');
  answers = () => ({ status: 503, body: { errors: ['Vault is sealed'] } });
  expect(await failure({})).toContain('503 (Vault is sealed)');
  answers = () => ({ status: 200, body: { hello: 'world' } });
  expect(await failure({})).toContain("is not Vault's");
  answers = () => ({ status: 200, body: { data: { plaintext: Buffer.alloc(16).toString('base64') } } });
  expect(await failure({})).toContain('has 16 bytes, not 32');
});

test('any key service with a command line opens a key: its bytes or their base64 come back', async () => {
  const wrapped = Buffer.from(KEY.map((byte) => byte ^ 1)).toString('base64');
  const open = async (command: string) =>
    (await openMasterKeys(`k:command:${wrapped}`, { MASTER_KEY_COMMAND: command })).byId.get('k')?.export();
  const flip = `${process.execPath} -e 'process.stdin.on("data", (b) => process.stdout.write(b.map((x) => x ^ 1)))'`;
  expect(await open(flip)).toEqual(KEY);
  expect(await open(`${flip} | base64`)).toEqual(KEY);
});

test('a command that is not there, fails, or gives no key is told with what it said', async () => {
  const open = (MASTER_KEY_COMMAND: string | undefined) => openMasterKeys('k:command:AAAA', { MASTER_KEY_COMMAND });
  await expect(open(undefined)).rejects.toThrow('MASTER_KEY_COMMAND, which is to open it, is not set');
  await expect(open('echo no such key >&2; exit 3')).rejects.toThrow(/ended with 3; no such key/);
  await expect(open('no-such-program')).rejects.toThrow(/ended with 127; .*not found/);
  await expect(open('echo short')).rejects.toThrow(/has \d+ bytes, not 32/);
});
