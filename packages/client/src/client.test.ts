import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pathToFileURL } from 'node:url';
import { temporaryFolder } from '@docusnap/testing';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { z } from 'zod';
import { openV1Stage, type V1Stage } from '../../../services/gateway/src/docusnap-v1/test-stage.ts';
import { openTestWorker, type TestGateway, type TestWorker } from '../../../services/gateway/src/test-gateway.ts';
import { png } from '../../../services/gateway/src/test-pictures.ts';
import { type DocuSnap, type DocuSnapError, isDocuSnapError, openDocuSnap, openDocuSnapV1 } from './index.ts';

/** Against a real gateway and database; what an ocr service does is done step by step. */
let stage: V1Stage;
let gateway: TestGateway;
/** The same as one that also speaks DocuSnap v1. */
let v1Url: string;
let worker: TestWorker;
let docusnap: DocuSnap;

beforeAll(async () => {
  stage = await openV1Stage();
  gateway = stage.base;
  v1Url = (await stage.start()).url;
  worker = openTestWorker(gateway);
  docusnap = openDocuSnap({ url: gateway.url, apiKey: gateway.key, retries: 0 });
});
afterAll(() => stage.close());

const bytes = (width = 8): Uint8Array<ArrayBuffer> => new Uint8Array(png({ width }));

async function errorOf(work: Promise<unknown>): Promise<DocuSnapError> {
  const error = await work.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (!isDocuSnapError(error)) throw new Error(`no error of DocuSnap: ${String(error)}`);
  return error;
}

test('a file is read in one call, and progress told on the way', async () => {
  const seen: string[] = [];
  const reading = docusnap.read(bytes(), { onChange: ({ status }) => seen.push(status), metadata: { case: 17 } });
  const worked = await untilClaimed(() => worker.read('hello\nworld'));
  const { text, pages, failures, job } = await reading;
  expect(job.id).toBe(worked.jobId);
  expect([text.trim(), failures, job.metadata]).toEqual(['hello\nworld', [], { case: 17 }]);
  expect(pages[0]?.text?.blocks[0]?.lines.map((line) => line.text)).toEqual(['hello', 'world']);
  expect([seen[0], seen.at(-1)]).toEqual(['queued', 'completed']);
});

async function untilClaimed<Done>(step: () => Promise<Done>): Promise<Done> {
  for (;;) {
    try {
      return await step();
    } catch (error) {
      if (!(error instanceof Error) || error.message !== 'no unit waits') throw error;
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
  }
}

test('files may be paths, file addresses, Files, buffers, streams and named data, and keep their names and order', async () => {
  const folder = await temporaryFolder('client');
  try {
    const path = join(folder.path, 'ünïcode name.png');
    await writeFile(path, bytes(1));
    const stream = new Response(bytes(5)).body!;
    const job = await docusnap.jobs.submit([
      path,
      pathToFileURL(path),
      new File([bytes(2)], 'file.png'),
      bytes(3).buffer,
      { data: Readable.from([bytes(4)]), name: 'readable.png' },
      { data: stream, name: 'stream.png' },
    ]);
    expect(job.files.map(({ name }) => name)).toEqual([
      'ünïcode name.png',
      'ünïcode name.png',
      'file.png',
      'file',
      'readable.png',
      'stream.png',
    ]);
    await docusnap.jobs.cancel(job.id);
  } finally {
    await folder.remove();
  }
});

test('what cannot be opened is said without a request', async () => {
  expect(await errorOf(docusnap.read('/nowhere/file.png'))).toMatchObject({
    code: 'file_unreadable',
    message: 'There is no file /nowhere/file.png.',
  });
  expect((await errorOf(docusnap.read('/tmp'))).message).toMatch(/is a folder/);
});

test('an address is left to the server, beside files in base64', async () => {
  const error = await errorOf(docusnap.jobs.submit([new URL('https://127.0.0.1/a.png'), bytes()]));
  expect(error).toMatchObject({ code: 'url_input_off', status: 422, retryable: false });
});

test('events come as they happen, and pages with their text as they are read', async () => {
  const job = await docusnap.jobs.submit([bytes(), bytes(9)]);
  const pages = docusnap.jobs.pages(job.id);
  const first = pages.next();
  await worker.read('one');
  expect((await first).value.text.blocks[0].lines[0].text).toBe('one');
  const second = pages.next();
  await worker.failRead({ code: 'file_truncated', message: 'x', retryable: false });
  expect((await second).value).toMatchObject({ number: 2, status: 'failed', error: { code: 'file_truncated' } });
  expect((await pages.next()).done).toBe(true);
  const types: string[] = [];
  for await (const event of docusnap.jobs.stream(job.id)) types.push(event.type);
  expect(types).toEqual(['page', 'page', 'job']);
  const { text, failures } = await docusnap.jobs.wait(job.id).then(async () => ({
    text: await docusnap.jobs.result(job.id, { format: 'text' }),
    failures: await collect(job.id),
  }));
  expect(text).toContain('one');
  expect(failures).toEqual([2]);
});

async function collect(id: string): Promise<(number | null)[]> {
  const numbers: (number | null)[] = [];
  for await (const { number } of docusnap.jobs.pageList(id, { status: 'failed' })) numbers.push(number);
  return numbers;
}

test('results come in each format, a PDF as a Blob', async () => {
  const job = await docusnap.jobs.submit(bytes());
  await worker.read('some text');
  await docusnap.jobs.wait(job.id);
  expect((await docusnap.jobs.result(job.id)).pages).toHaveLength(1);
  expect(await docusnap.jobs.result(job.id, { format: 'hocr' })).toContain('<html');
  const pdf = await docusnap.jobs.result(job.id, { format: 'pdf' });
  expect((await pdf.text()).slice(0, 5)).toBe('%PDF-');
  expect(await docusnap.jobs.page(job.id, 1, { format: 'text' })).toContain('some text');
});

test('a job of which nothing was read is an error with the reason of its file, and its job', async () => {
  const reading = errorOf(docusnap.read(bytes()));
  await untilClaimed(() =>
    worker.failRead({ code: 'file_truncated', message: 'The file ends too early.', retryable: false }),
  );
  const error = await reading;
  expect(error.job?.status).toBe('failed');
  expect(error.code).toBe('file_truncated');
});

test('errors bear code, status, request and words of the server, and are told apart by code', async () => {
  const error = await errorOf(docusnap.jobs.get('00000000-0000-4000-8000-000000000000'));
  expect(error).toMatchObject({ code: 'job_not_found', status: 404, message: 'There is no job with this id.' });
  expect(error.requestId).toMatch(/\S/);
  expect([isDocuSnapError(error, 'job_not_found'), isDocuSnapError(error, 'forbidden')]).toEqual([true, false]);
  expect((await errorOf(openDocuSnap({ url: gateway.url }).jobs.get('x'))).code).toBe('unauthorized');
});

test('lists go on over their pages', async () => {
  for (let count = 0; count < 3; count += 1) await docusnap.jobs.submit(bytes(), { metadata: { list: true } });
  const ids = new Set<string>();
  for await (const { id } of docusnap.jobs.list({ limit: 2, status: 'queued' })) ids.add(id);
  expect(ids.size).toBeGreaterThanOrEqual(3);
  const { items, nextCursor } = await docusnap.jobs.list({ limit: 1 }).page();
  expect([items.length, typeof nextCursor]).toEqual([1, 'string']);
  for (const id of ids) expect(await docusnap.jobs.erase(id)).toMatchObject({ job_id: id, removed: { files: 1 } });
});

test('an abort ends any call with its reason', async () => {
  const job = await docusnap.jobs.submit(bytes());
  const reason = new Error('enough');
  const abort = new AbortController();
  const waiting = docusnap.jobs.wait(job.id, { signal: abort.signal });
  setTimeout(() => abort.abort(reason), 50);
  await expect(waiting).rejects.toBe(reason);
  await expect(docusnap.jobs.get(job.id, { signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
  await docusnap.jobs.erase(job.id);
});

test('batches, keys, webhooks, usage and the system answer', async () => {
  const batch = await docusnap.batches.create([bytes(), bytes(9)], { name: 'two' });
  expect(batch).toMatchObject({ name: 'two', documents: { total: 2 } });
  await docusnap.batches.cancel(batch.id);
  expect((await docusnap.batches.wait(batch.id)).status).toBe('ended');
  await docusnap.batches.erase(batch.id);
  const key = await docusnap.keys.create({ name: 'viewer', scopes: ['read'] });
  const viewer = openDocuSnap({ url: `${gateway.url}/`, apiKey: key.key });
  expect((await errorOf(viewer.jobs.submit(bytes()))).code).toBe('forbidden');
  await docusnap.keys.revoke(key.id);
  expect((await docusnap.keys.list()).find(({ id }) => id === key.id)?.revoked_at).toMatch(/T/);
  const webhook = await docusnap.webhooks.create({ url: 'https://example.org/hook' });
  expect((await docusnap.webhooks.test(webhook.id)).id).toMatch(/\S/);
  await docusnap.webhooks.remove(webhook.id);
  expect((await docusnap.usage({ group_by: 'none' })).usage.length).toBeGreaterThanOrEqual(0);
  expect((await docusnap.system()).checks.database.status).toBe('ok');
  expect(await auditEntries()).toHaveLength(1);
});

/** The newest entry, as soon as one is written: the gateway writes them once a second. */
async function auditEntries(): Promise<readonly unknown[]> {
  for (;;) {
    const { entries } = await docusnap.call('get_v1_audit', { query: { limit: 1 } });
    if (entries.length > 0) return entries;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

test('the same submit under the same key makes one job', async () => {
  const data = { data: bytes(), name: 'once.png' };
  const first = await docusnap.jobs.submit(data, { idempotencyKey: 'order-17' });
  const again = await docusnap.jobs.submit(data, { idempotencyKey: 'order-17' });
  expect(again.id).toBe(first.id);
  expect((await errorOf(docusnap.jobs.submit(bytes(9), { idempotencyKey: 'order-17' }))).code).toBe(
    'idempotency_key_reused',
  );
});

const picture = new File([new Uint8Array(png({ width: 40, height: 30 }))], 'letter.png');
const LETTER = 'RENTAL AGREEMENT\nTenant: Jane Roe\nDate: 2025-03-14\nTotal: 120.50';

/** Reads and understands whatever waits until that is done. */
async function whileWorking<Done>(asked: Promise<Done>): Promise<Done> {
  const ended = asked.then(
    () => true,
    () => true,
  );
  const soon = () => new Promise<false>((resolve) => setTimeout(() => resolve(false), 20));
  while (!(await Promise.race([ended, soon()]))) {
    await stage.readPages(...Array.from({ length: 100 }, () => LETTER));
    await stage.understand();
  }
  return asked;
}

test('the fields of a zod schema come as its type, each with the words that prove it', async () => {
  const Rental = z.object({
    tenant: z.string().min(3),
    date: z.iso.date(),
    total: z.number().positive().nullable(),
    landlord: z.string().optional(),
  });
  const found = await whileWorking(docusnap.extract(picture, Rental));
  if (!found.ok) throw new Error(JSON.stringify(found.issues));
  const tenant: string = found.data.tenant;
  expect([tenant, found.data.date, found.data.total]).toEqual(['Jane Roe', '2025-03-14', 120.5]);
  expect(found.proofs.tenant).toMatchObject({
    grounded: true,
    evidence: [{ page: 1, quote: 'Jane Roe', match: 'exact' }],
  });
  expect(found.fields.date.grounded).toBe(true);
  const landlord: string | undefined = found.data.landlord;
  expect(landlord).toBeUndefined();
});

test('the fields of a JSON Schema written out come as its type; what is missing is said by its path', async () => {
  const found = await whileWorking(
    docusnap.extract(picture, {
      type: 'object',
      properties: { tenant: { type: 'string' }, iban: { type: 'string' }, total: { type: ['number', 'null'] } },
      required: ['tenant', 'iban'],
    }),
  );
  expect(found).toMatchObject({ ok: false, data: { tenant: 'Jane Roe' }, issues: [{ path: 'iban' }] });
  if (found.ok) {
    const both: readonly [string, number | null | undefined] = [found.data.iban, found.data.total];
    throw new Error(`nobody wrote ${both}`);
  }
});

test('what a JSON Schema says of values is checked once they are there', async () => {
  const found = await whileWorking(
    docusnap.extract(picture, {
      type: 'object',
      properties: {
        tenant: { type: 'string', pattern: '^J', maxLength: 3 },
        total: { $ref: '#/$defs/amount' },
      },
      $defs: { amount: { type: 'number', minimum: 0, exclusiveMaximum: 120.5 } },
    } as const),
  );
  expect(found).toMatchObject({ ok: false, issues: [{ path: 'tenant' }, { path: 'total' }] });
});

test('a document goes through DocuSnap v1 encrypted, in both of its ciphers', async () => {
  for (const alg of ['A256GCM', 'A256CBC'] as const) {
    const v1 = openDocuSnapV1({ url: v1Url, alg });
    const understanding = v1.understand('doc', [picture], { library: { docs: [], forms: [] } });
    expect(await whileWorking(understanding)).toMatchObject({ kv: expect.objectContaining({ Tenant: 'Jane Roe' }) });
  }
});

test('what DocuSnap v1 refuses is an error with its name', async () => {
  const v1 = openDocuSnapV1({ url: v1Url });
  const sealed = await v1.seal('doc', []);
  const completing = v1.complete({ ...sealed, body: { ...sealed.body, SHA256: '0' } });
  await expect(completing).rejects.toMatchObject({ name: 'DocuSnapV1Error', code: 'SHA256_MISMATCH' });
});
