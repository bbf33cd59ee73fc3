import { AppError } from '@docusnap/contracts';
import { afterAll, afterEach, beforeAll, expect, test } from '@jest/globals';
import { png } from '../test-pictures.ts';
import { V1_LIMITS } from './limits.ts';
import { sweepV1 } from './sweep.ts';
import { base64, type Task, V1Client } from './test-client.ts';
import { openV1Stage, type V1Gateway, type V1Stage } from './test-stage.ts';

const PICTURE = base64(png({ width: 40, height: 30 }));
const NOT_FOUND = { status: 400, body: { error_detail: 'TASK_NOT_FOUND' } };

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

async function submitted(): Promise<Task> {
  const task = await client.seal('doc', { to_process: [PICTURE], file_lib: {} });
  expect((await client.submit(task)).status).toBe(202);
  return task;
}

async function completed(): Promise<Task> {
  const task = await submitted();
  await stage.readPages('A page');
  await stage.understand();
  return task;
}

/** As if so much time had passed. */
async function pass(interval: string): Promise<void> {
  await stage.sql(
    'UPDATE v1_tasks SET created_at = created_at - $1::interval, accessed_at = accessed_at - $1::interval',
    [interval],
  );
}

function sweep(): Promise<void> {
  return sweepV1(gateway.ports, V1_LIMITS);
}

async function tasks(): Promise<unknown[]> {
  return stage.sql('SELECT status, job_id, source, error_detail FROM v1_tasks');
}

test('a result is kept for 24 hours from when it was last seen, not from when it was made', async () => {
  const task = await completed();
  expect((await client.poll(task)).status).toBe(200);
  for (let days = 0; days < 3; days += 1) {
    await pass('23 hours 59 minutes');
    await sweep();
    expect((await client.poll(task)).status).toBe(200);
  }
  await pass('24 hours 1 second');
  expect(await client.poll(task)).toMatchObject(NOT_FOUND);
  expect(await tasks()).toEqual([]);
  // It can be sent anew.
  expect((await client.submit(task)).status).toBe(202);
});

test('a failure is kept as long', async () => {
  const task = await submitted();
  await stage.readPages(null);
  expect((await client.poll(task)).body.error_detail).toBe('OCR_FAILURE');
  await pass('23 hours');
  expect((await client.poll(task)).body.error_detail).toBe('OCR_FAILURE');
  await pass('25 hours');
  expect(await client.poll(task)).toMatchObject(NOT_FOUND);
});

test('what nobody polls for is settled, and its job erased, all the same; and in the end it is dropped', async () => {
  const task = await completed();
  await sweep();
  expect(await tasks()).toEqual([{ status: 'completed', job_id: null, source: null, error_detail: null }]);
  expect(await stage.base.leftovers()).toEqual({ rows: 0, blobs: 0 });
  await pass('23 hours');
  await sweep();
  const { body } = await client.poll(task);
  expect((await client.open(task, body.result)).tags.length).toBeGreaterThan(0);
  await pass('25 hours');
  await sweep();
  expect(await tasks()).toEqual([]);
});

test('work that nobody polls for is given up after ten minutes, and not before', async () => {
  const task = await submitted();
  await pass('9 minutes 50 seconds');
  await sweep();
  expect(await tasks()).toMatchObject([{ status: 'processing' }]);
  await pass('11 seconds');
  await sweep();
  expect(await tasks()).toEqual([{ status: 'error', job_id: null, source: null, error_detail: 'PROCESSING_TIMEOUT' }]);
  expect(await stage.base.leftovers()).toEqual({ rows: 0, blobs: 0 });
  expect((await client.poll(task)).body.error_detail).toBe('PROCESSING_TIMEOUT');
});

test('a result that came in time counts, however late it is asked for', async () => {
  const task = await completed();
  await pass('20 minutes');
  expect((await client.poll(task)).status).toBe(200);
});

test('a job that could not be erased at once is erased by a later round', async () => {
  const task = await completed();
  expect((await client.poll(task)).status).toBe(200);
  await gateway.settled();
  const [job] = await stage.sql<{ id: string }>(
    `WITH t AS (SELECT tenant_id FROM v1_tasks)
     INSERT INTO jobs (id, tenant_id, name, options, files_total, master_key_id, wrapped_key)
     SELECT gen_random_uuid(), tenant_id, 'left', '{}', 1, 'k', '' FROM t RETURNING id`,
  );
  await stage.sql('UPDATE v1_tasks SET job_id = $1', [job!.id]);
  await sweep();
  expect(await stage.base.leftovers()).toEqual({ rows: 0, blobs: 0 });
  expect(await tasks()).toMatchObject([{ status: 'completed', job_id: null }]);
});

test('bytes of one task that cannot be removed keep neither those of others nor results beyond their time', async () => {
  const [stuck, free] = [await completed(), await completed()];
  const blobs = {
    ...gateway.ports.blobs,
    removePrefix: async (prefix: string) => {
      const [first] = await stage.sql<{ job_id: string }>('SELECT job_id FROM v1_tasks ORDER BY created_at LIMIT 1');
      if (prefix.includes(first!.job_id)) throw new AppError('storage_unavailable');
      await gateway.ports.blobs.removePrefix(prefix);
    },
  };
  await sweepV1({ ...gateway.ports, blobs }, V1_LIMITS);
  expect(new Set(await tasks())).toEqual(
    new Set([
      { status: 'completed', job_id: expect.any(String), source: null, error_detail: null },
      { status: 'completed', job_id: null, source: null, error_detail: null },
    ]),
  );
  await pass('25 hours');
  await sweepV1({ ...gateway.ports, blobs }, V1_LIMITS);
  expect(await tasks()).toMatchObject([{ job_id: expect.any(String) }]);
  await sweep();
  expect([await tasks(), await stage.base.leftovers()]).toEqual([[], { rows: 0, blobs: 0 }]);
  for (const task of [stuck, free]) expect(await client.poll(task)).toMatchObject(NOT_FOUND);
});
