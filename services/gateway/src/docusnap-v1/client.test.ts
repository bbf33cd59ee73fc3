import { createHash } from 'node:crypto';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { png } from '../test-pictures.ts';
import { base64, V1Client } from './test-client.ts';
import { openV1Stage, type V1Gateway, type V1Stage } from './test-stage.ts';

const PROCESSING = { status: 'processing' };
const PICTURE = base64(png({ width: 40, height: 30 }));
const LETTER = 'RENTAL AGREEMENT\nTenant: Jane Roe\nDate: 2025-03-14';
const FORM = 'APPLICATION FORM\nName: ________\nDate of birth: ________';

let stage: V1Stage;
let gateway: V1Gateway;
let client: V1Client;
beforeAll(async () => {
  stage = await openV1Stage();
});
beforeEach(async () => {
  gateway = await stage.start();
  client = new V1Client(gateway.url);
});
afterEach(() => stage.clear());
afterAll(() => stage.close());

/** The process ends, and another one takes its place. */
async function restart(): Promise<void> {
  await gateway.close();
  gateway = await stage.start();
  client.url = gateway.url;
}

test('a document goes through, with a restart after each step, and leaves nothing that opens without the key of the client', async () => {
  const task = await client.seal('doc', { to_process: [PICTURE, PICTURE], file_lib: { docs: [], forms: [] } });
  expect(await client.submit(task)).toMatchObject({ status: 202, body: PROCESSING });
  await restart();
  expect(await client.poll(task)).toMatchObject({ status: 202, body: PROCESSING });
  await stage.readPages(LETTER, 'Second page\nPhone: +49 30 1234567');
  await restart();
  expect(await client.poll(task)).toMatchObject({ status: 202, body: PROCESSING });
  await stage.understand();
  await restart();
  const { status, body } = await client.poll(task);
  expect({ status, of: body.status }).toEqual({ status: 200, of: 'completed' });
  const result = await client.open(task, body.result);
  expect(new Set(Object.keys(result))).toEqual(new Set(['title', 'tags', 'description', 'kv', 'related']));
  expect(result.title).toMatch(/rental agreement/i);
  expect(JSON.stringify(result.kv)).toContain('Jane Roe');
  await gateway.settled();
  expect(await stage.base.leftovers()).toEqual({ rows: 0, blobs: 0 });
  // Again and again, after a restart too, from the row alone.
  await restart();
  expect((await client.poll(task)).body.result).toBe(body.result);
});

test('a form goes through, with a restart while it is read', async () => {
  const task = await client.seal('form', { to_process: [PICTURE], file_lib: { doc: [], form: [] } });
  expect((await client.submit(task)).status).toBe(202);
  await restart();
  await stage.readPages(FORM);
  await stage.understand();
  const { status, body } = await client.poll(task);
  expect(status).toBe(200);
  const result = await client.open(task, body.result);
  expect(result.fields).toBeInstanceOf(Array);
  expect(result.kv).toHaveProperty('Form Type');
  for (const field of result.fields) expect(result.kv).not.toHaveProperty([field]);
});

test.each([
  [
    'docs with kv',
    {
      docs: [{ id: 'd1', title: 'Passport', tags: ['id'], description: 'A passport', kv: { Name: 'Jane Roe' } }],
      forms: [],
    },
  ],
  [
    'doc with extractedInfo',
    {
      doc: [
        {
          id: 'd1',
          name: 'Passport',
          description: '',
          extractedInfo: { Name: 'Jane Roe' },
          tags: [],
          uploadDate: '2025-01-02',
        },
      ],
      form: [],
    },
  ],
])('a form is filled from a library of %s, with a restart in between', async (_shape, library) => {
  const form = {
    title: 'Application',
    tags: ['form'],
    description: '',
    kv: { 'Form Type': 'Application' },
    fields: ['Name'],
    related: [],
  };
  const task = await client.seal('fill', { to_process: form, file_lib: library });
  expect(await client.submit(task)).toMatchObject({ status: 202, body: PROCESSING });
  await restart();
  await stage.understand();
  const { status, body } = await client.poll(task);
  expect(status).toBe(200);
  expect(await client.open(task, body.result)).toEqual({
    Name: { value: 'Jane Roe', source: { type: 'doc', resource_id: 'd1' } },
  });
});

test('a task that is there answers for itself, with content or without, also when two submits come at once', async () => {
  const task = await client.seal('doc', { to_process: [PICTURE], file_lib: {} });
  const answers = await Promise.all([client.submit(task), client.submit(task), client.submit(task)]);
  expect(answers.map(({ status }) => status)).toEqual([202, 202, 202]);
  expect(await stage.sql('SELECT count(*)::integer AS jobs FROM jobs')).toEqual([{ jobs: 1 }]);
  await stage.readPages(LETTER);
  await stage.understand();
  const { body } = await client.submit(task);
  expect(body.status).toBe('completed');
  // A poll may bring it all the same, and more than fits into a small body.
  const large = await client.process({
    type: 'doc',
    SHA256: task.sha256,
    has_content: false,
    content: 'x'.repeat(100_000),
  });
  expect(large.body).toEqual(body);
  // Whatever comes with it is not looked at.
  expect((await client.submit({ ...task, content: 'spoilt', aesKey: '' })).body).toEqual(body);
  await gateway.settled();
  expect(await stage.base.leftovers()).toEqual({ rows: 0, blobs: 0 });
});

test('another client sees nothing of a task, and nobody reaches its job through the other API', async () => {
  const task = await client.seal('doc', { to_process: [PICTURE], file_lib: {} });
  await client.submit(task);
  const stranger = new V1Client(gateway.url);
  expect(await stranger.poll(task)).toMatchObject({ status: 400, body: { error_detail: 'TASK_NOT_FOUND' } });
  expect(await stranger.clear()).toMatchObject({ status: 200 });
  expect((await client.poll({ ...task, type: 'form' })).body.error_detail).toBe('TASK_NOT_FOUND');
  const [job] = await stage.sql<{ id: string }>('SELECT id FROM jobs');
  expect((await stage.base.call(`/v1/jobs/${job!.id}`)).status).toBe(404);
  expect((await (await stage.base.call('/v1/jobs')).json()).jobs).toEqual([]);
  expect((await client.poll(task)).status).toBe(202);
});

test('clear drops one task where type and hash are given, else all of the client, at work or done', async () => {
  const tasks = [];
  for (const type of ['doc', 'form', 'fill'] as const) {
    const task = await client.seal(type, {
      to_process: type === 'fill' ? { fields: ['Name'] } : [PICTURE],
      file_lib: {},
    });
    await client.submit(task);
    tasks.push(task);
  }
  const [doc, form, fill] = tasks;
  await stage.understand();
  await restart();
  expect(await client.clear({ type: 'form', SHA256: form!.sha256 })).toMatchObject({
    status: 200,
    body: { status: 'ok' },
  });
  await restart();
  expect((await client.poll(form!)).body.error_detail).toBe('TASK_NOT_FOUND');
  expect((await client.poll(doc!)).status).toBe(202);
  expect((await client.poll(fill!)).status).toBe(200);
  expect(await client.clear({ type: 'doc' })).toMatchObject({ status: 200, body: { status: 'ok' } });
  for (const task of tasks) expect((await client.poll(task)).body.error_detail).toBe('TASK_NOT_FOUND');
  await gateway.settled();
  expect(await stage.base.leftovers()).toEqual({ rows: 0, blobs: 0 });
  expect(await client.post('clear', { type: 'doc' })).toMatchObject({
    status: 400,
    body: { error: 'Missing client_id' },
  });
  // What was dropped can be sent anew.
  expect((await client.submit(doc!)).status).toBe(202);
});

test('nothing that a client sent or was found lies open anywhere, at any time', async () => {
  const secret = 'Zaphod-Beeblebrox';
  const image = png({ width: 40, height: 30, bytes: 4_000 });
  const fingerprint = createHash('sha256').update(image).digest('hex');
  const library = { docs: [{ id: secret, title: secret, tags: [], description: secret, kv: { Name: secret } }] };
  const task = await client.seal('doc', { to_process: [base64(image)], file_lib: library });
  const expectNothing = async (): Promise<void> => {
    const everything = await stage.everything();
    for (const open of [secret, client.clientId, fingerprint, image.subarray(0, 40).toString('latin1')])
      expect(everything).not.toContain(open);
  };
  await client.submit(task);
  await expectNothing();
  await stage.readPages(`${secret}\nName: ${secret}`);
  await expectNothing();
  await stage.understand();
  await expectNothing();
  const { body } = await client.poll(task);
  expect(JSON.stringify(await client.open(task, body.result))).toContain(secret);
  await expectNothing();
  expect(stage.base.logged.join('')).not.toContain(client.clientId);
  expect(stage.base.logged.join('')).not.toContain(secret);
});
