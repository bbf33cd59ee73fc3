import { claimUnderstanding, failUnderstanding } from '@docusnap/db';
import { breakableProxy } from '@docusnap/testing';
import { afterAll, afterEach, beforeAll, expect, test } from '@jest/globals';
import { failure } from '../test-gateway.ts';
import { png } from '../test-pictures.ts';
import { parseEncryptionKeys } from './keys.ts';
import { V1_LIMITS } from './limits.ts';
import { sweepV1 } from './sweep.ts';
import { base64, joined, sealKey, sha256, type Task, V1Client } from './test-client.ts';
import { newPrivatePem, openV1Stage, type V1Gateway, type V1Stage } from './test-stage.ts';

const PICTURE = base64(png({ width: 40, height: 30 }));
const HASH = 'ab'.repeat(32);

let stage: V1Stage;
let gateway: V1Gateway;
let client: V1Client;
beforeAll(async () => {
  stage = await openV1Stage();
  gateway = await stage.start();
  client = new V1Client(gateway.url);
});
afterEach(() => stage.empty());
afterAll(() => stage.close());

const refused = (code: string) => ({ status: 400, retryAfter: null, body: { status: 'error', error_detail: code } });
const PROCESSING = { status: 202, retryAfter: null, body: { status: 'processing' } };

/** Resolves once the statement gives a row. */
async function until(statement: string): Promise<void> {
  while ((await stage.sql(statement)).length === 0) await new Promise((next) => setTimeout(next, 10));
}

function sealed(inner: unknown, type: Task['type'] = 'doc'): Promise<Task> {
  return client.seal(type, inner);
}

test.each(['client_id', 'type', 'SHA256', 'has_content'])('without %s a required field is missing', async (name) => {
  const whole = { client_id: client.clientId, type: 'doc', SHA256: HASH, has_content: false };
  for (const nothing of [undefined, null, '']) {
    expect(await client.post('process', { ...whole, [name]: nothing })).toEqual(refused('MISSING_REQUIRED_FIELD'));
  }
});

test('the checks go in the order of the protocol: fields, type, content, then whether there is a task', async () => {
  const fields = { type: 'letter', SHA256: HASH, has_content: true };
  expect(await client.process({ ...fields, SHA256: '' })).toEqual(refused('MISSING_REQUIRED_FIELD'));
  expect(await client.process(fields)).toEqual(refused('INVALID_TYPE'));
  expect(await client.process({ ...fields, type: 'doc' })).toEqual(refused('MISSING_CONTENT'));
  expect(await client.process({ ...fields, type: 'doc', has_content: false })).toEqual(refused('TASK_NOT_FOUND'));
  expect(await client.poll({ type: 'doc', sha256: 'no hash \0' })).toEqual(refused('TASK_NOT_FOUND'));
  expect(await client.process({ ...fields, type: 'doc', content: 'abc' })).toEqual(refused('SHA256_MISMATCH'));
  for (const code of ['MISSING_REQUIRED_FIELD', 'INVALID_TYPE', 'MISSING_CONTENT', 'TASK_NOT_FOUND']) {
    const counted = new RegExp(`docusnap_http_errors_total\\{code="${code}"\\} [1-9]`);
    while (!counted.test(await stage.base.metrics.registry.metrics())) await new Promise(setImmediate);
  }
});

test('content that has no hash, or another one', async () => {
  const task = await sealed({ to_process: [PICTURE] });
  expect(await client.submit({ ...task, sha256: task.sha256.toUpperCase() })).toEqual(refused('SHA256_MISMATCH'));
  for (const content of [17, '\ud800']) {
    expect(await client.process({ type: 'doc', SHA256: HASH, has_content: true, content })).toEqual(
      refused('SHA256_VERIFICATION_FAILED'),
    );
  }
});

test('an AES key that is absent, sealed under another key, or of another length', async () => {
  const task = await sealed({ to_process: [PICTURE] });
  const stranger = parseEncryptionKeys(newPrivatePem())[0].publicPem;
  const short = await sealKey(crypto.getRandomValues(new Uint8Array(16)), await client.publicPem());
  const elsewhere = await client.seal('doc', {}, stranger);
  for (const aesKey of ['', undefined, 7, 'garbage', short, elsewhere.aesKey]) {
    const { type, sha256: hash, content } = task;
    const fields = { type, SHA256: hash, has_content: true, content, aes_key: aesKey };
    expect(await client.process(fields)).toEqual(refused('RSA_DECRYPTION_FAILED'));
  }
});

test('content that is cut, too short, or sealed under another AES key', async () => {
  const task = await sealed({ to_process: [PICTURE] });
  const other = await sealed({ to_process: [PICTURE] });
  const bytes = Buffer.from(task.content, 'base64');
  for (const content of [base64(bytes.subarray(0, -5)), base64(bytes.subarray(0, 16)), 'AAAA', other.content]) {
    const answer = await client.submit({ ...task, content, sha256: await sha256(content) });
    // Under another key one padding in 256 looks right by chance, and is then no JSON.
    expect(['AES_DECRYPTION_FAILED', 'INVALID_JSON']).toContain(answer.body.error_detail);
    if (content !== other.content) expect(answer).toEqual(refused('AES_DECRYPTION_FAILED'));
  }
});

test('what is no JSON, outside or inside', async () => {
  expect(await client.post('process', '{"client_id": ')).toEqual(refused('INVALID_JSON'));
  expect(await client.post('process', '[1, 2]')).toEqual(refused('MISSING_REQUIRED_FIELD'));
  const inside = ['{"to_process": [', '"text"', '{"file_lib": {}}', '['.repeat(100_000)].map((text) =>
    new TextEncoder().encode(text),
  );
  for (const plain of [...inside, joined(new Uint8Array([0xff, 0xfe]))]) {
    expect(await client.submit(await client.sealBytes('doc', plain))).toEqual(refused('INVALID_JSON'));
  }
});

test.each(['doc', 'form', 'fill'] as const)('a %s whose library is none could not be asked about', async (type) => {
  const task = await sealed(
    { to_process: type === 'fill' ? { fields: ['Name'] } : [PICTURE], file_lib: 'a book' },
    type,
  );
  expect(await client.submit(task)).toEqual(PROCESSING);
  expect(await client.poll(task)).toEqual(refused(`${type.toUpperCase()}_PROMPT_CONSTRUCTION_FAILED`));
});

test('a form to be filled that is no object could not be asked about', async () => {
  const task = await sealed({ to_process: ['Name'], file_lib: {} }, 'fill');
  await client.submit(task);
  expect(await client.poll(task)).toEqual(refused('FILL_PROMPT_CONSTRUCTION_FAILED'));
});

test.each([
  ['no list', PICTURE],
  ['none', []],
  ['no texts', [17]],
  ['no pictures', [base64(Buffer.from('a text'))]],
  ['too many', Array.from({ length: 51 }, () => PICTURE)],
])('pictures that are %s cannot be read', async (_what, toProcess) => {
  const task = await sealed({ to_process: toProcess, file_lib: {} });
  expect(await client.submit(task)).toEqual(PROCESSING);
  expect(await client.poll(task)).toEqual(refused('OCR_FAILURE'));
  expect(await stage.base.leftovers()).toEqual({ rows: 0, blobs: 0 });
});

test('one page that could not be read is a failure: a v1 result has no word for what it leaves out', async () => {
  const task = await sealed({ to_process: [PICTURE, PICTURE], file_lib: {} });
  await client.submit(task);
  await stage.readPages('A page', null);
  await stage.understand();
  expect(await client.poll(task)).toEqual(refused('OCR_FAILURE'));
});

test('no page that could be read is a failure at once', async () => {
  const task = await sealed({ to_process: [PICTURE], file_lib: {} });
  await client.submit(task);
  await stage.readPages(null);
  expect(await client.poll(task)).toEqual(refused('OCR_FAILURE'));
});

test.each([
  ['llm_answer_invalid', 'LLM_FAILURE'],
  ['llm_refused', 'LLM_FAILURE'],
  ['llm_context_exceeded', 'DOC_PROMPT_CONSTRUCTION_FAILED'],
  ['internal', 'PROCESSING_ERROR'],
  ['attempts_exhausted', 'PROCESSING_ERROR'],
] as const)('an understanding that failed for good with %s is %s', async (code, detail) => {
  const task = await sealed({ to_process: [PICTURE], file_lib: {} });
  await client.submit(task);
  await stage.readPages('A page');
  const unit = await claimUnderstanding(stage.base.worker, { holder: 'test' });
  expect(await client.poll(task)).toEqual(PROCESSING);
  await failUnderstanding(stage.base.worker, unit!, failure(code));
  expect(await client.poll(task)).toEqual(refused(detail));
  // And stays so, whatever is sent.
  expect(await client.submit(task)).toEqual(refused(detail));
});

test.each(['poll', 'sweep'] as const)(
  'while the language model is away a task is not given up before its ten minutes are over, and goes on when it is back (%s)',
  async (by) => {
    const task = await sealed({ to_process: [PICTURE], file_lib: {} });
    await client.submit(task);
    await stage.readPages('RENTAL AGREEMENT');
    const failAndLook = async (code: 'llm_unavailable' | 'llm_timeout') => {
      const unit = await claimUnderstanding(stage.base.worker, { holder: 'test' });
      await failUnderstanding(stage.base.worker, unit!, failure(code));
      if (by === 'sweep') await sweepV1(gateway.ports, V1_LIMITS);
      expect(await client.poll(task)).toEqual(PROCESSING);
      // Asked again, but not at once.
      expect(await claimUnderstanding(stage.base.worker, { holder: 'test' })).toBeNull();
      await stage.sql("UPDATE understandings SET not_before = not_before - interval '10 seconds'");
    };
    await failAndLook('llm_unavailable');
    await failAndLook('llm_timeout');
    await stage.understand();
    const { status, body } = await client.poll(task);
    expect([status, body.status]).toEqual([200, 'completed']);
  },
);

test('a language model that is away for ten minutes is a timeout', async () => {
  const task = await sealed({ to_process: [PICTURE], file_lib: {} });
  await client.submit(task);
  await stage.readPages('A page');
  const unit = await claimUnderstanding(stage.base.worker, { holder: 'test' });
  await failUnderstanding(stage.base.worker, unit!, failure('llm_unavailable'));
  await stage.sql("UPDATE v1_tasks SET created_at = now() - interval '10 minutes 1 second'");
  expect(await client.poll(task)).toEqual(refused('PROCESSING_TIMEOUT'));
});

test('ten minutes after the submit a task that has not ended has failed, and its work is given up', async () => {
  const task = await sealed({ to_process: [PICTURE], file_lib: {} });
  await client.submit(task);
  await stage.sql("UPDATE v1_tasks SET created_at = now() - interval '9 minutes 50 seconds'");
  expect(await client.poll(task)).toEqual(PROCESSING);
  await stage.sql("UPDATE v1_tasks SET created_at = now() - interval '10 minutes 1 second'");
  expect(await client.poll(task)).toEqual(refused('PROCESSING_TIMEOUT'));
  await gateway.settled();
  expect(await stage.base.leftovers()).toEqual({ rows: 0, blobs: 0 });
  expect(await client.poll(task)).toEqual(refused('PROCESSING_TIMEOUT'));
});

test('a job that somebody erased is an error of the processing', async () => {
  const task = await sealed({ to_process: [PICTURE], file_lib: {} });
  await client.submit(task);
  await stage.sql('DELETE FROM jobs');
  expect(await client.poll(task)).toEqual(refused('PROCESSING_ERROR'));
});

test('what the database will never take is a DATABASE_ERROR, and leaves nothing', async () => {
  const task = await sealed({ to_process: [PICTURE], file_lib: {} });
  await stage.sql('ALTER TABLE v1_tasks ADD CONSTRAINT never CHECK (sha256 IS NULL) NOT VALID');
  try {
    expect(await client.submit(task)).toEqual(refused('DATABASE_ERROR'));
  } finally {
    await stage.sql('ALTER TABLE v1_tasks DROP CONSTRAINT never');
  }
  await gateway.settled();
  expect(await stage.base.leftovers()).toEqual({ rows: 0, blobs: 0 });
});

test('what an operator can mend is no end: a right that is missing', async () => {
  const task = await sealed({ to_process: [PICTURE], file_lib: {} });
  await stage.sql('REVOKE INSERT ON v1_tasks FROM docusnap_api');
  const answer = await client.submit(task);
  await stage.sql('GRANT INSERT ON v1_tasks TO docusnap_api');
  expect(answer).toMatchObject({ status: 503, retryAfter: expect.stringMatching(/^\d+$/) });
  expect(await client.submit(task)).toEqual(PROCESSING);
});

test('while the database is away nothing is refused for good, and the same submit is taken afterwards', async () => {
  const proxy = await breakableProxy(stage.base.urls.apiUrl);
  const away = await stage.start({ apiUrl: proxy.url });
  const lost = new V1Client(away.url);
  const task = await lost.seal('doc', { to_process: [PICTURE], file_lib: {} });
  await proxy.cut();
  for (const answer of [await lost.submit(task), await lost.poll(task)]) {
    expect(answer).toEqual({ status: 503, retryAfter: '2', body: { status: 'unavailable' } });
  }
  expect(await lost.clear()).toMatchObject({ status: 500, body: { error: 'CACHE_CLEAR_FAILED' } });
  await away.settled();
  expect(await stage.base.leftovers()).toEqual({ rows: 0, blobs: 0 });
  await proxy.mend();
  expect(await lost.submit(task)).toEqual(PROCESSING);
  await away.close();
  await proxy.close();
});

test('a submit that was stored while its answer was lost goes on, and is there for the client that asks again', async () => {
  const proxy = await breakableProxy(stage.base.urls.apiUrl);
  const away = await stage.start({ apiUrl: proxy.url });
  const lost = new V1Client(away.url);
  const task = await lost.seal('doc', { to_process: [PICTURE], file_lib: {} });
  // The insert waits until this session lets it go.
  await stage.sql('SELECT pg_advisory_lock(7)');
  await stage.sql(`
    CREATE FUNCTION wait() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN PERFORM pg_advisory_xact_lock(7); RETURN NEW; END';
    CREATE TRIGGER wait BEFORE INSERT ON v1_tasks FOR EACH ROW EXECUTE FUNCTION wait()`);
  try {
    const answering = lost.submit(task);
    await until("SELECT 1 FROM pg_locks WHERE locktype = 'advisory' AND NOT granted");
    await proxy.cut();
    expect((await answering).status).toBe(503);
    await stage.sql('SELECT pg_advisory_unlock(7)');
    await until('SELECT 1 FROM v1_tasks');
    await away.settled();
    await proxy.mend();
    expect(await lost.submit(task)).toEqual(PROCESSING);
    // The job, its file and its unit; and the picture that they need.
    expect(await stage.base.leftovers()).toEqual({ rows: 3, blobs: 1 });
    expect((await lost.clear()).status).toBe(200);
  } finally {
    await stage.sql('SELECT pg_advisory_unlock_all(); DROP TRIGGER wait ON v1_tasks; DROP FUNCTION wait()');
    await away.close();
    await proxy.close();
  }
});

test('check_status answers at both addresses, also with the method that it does not know refused', async () => {
  for (const path of ['/check_status', '/api/v1/check_status']) {
    const answer = await fetch(gateway.url + path);
    expect([answer.status, await answer.json()]).toEqual([200, { server_status: 'ok' }]);
  }
  expect((await fetch(`${gateway.url}/api/v1/process`)).status).toBe(405);
});
