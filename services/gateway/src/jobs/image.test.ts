import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { JobBody } from '@docusnap/contracts';
import { markRenditions } from '@docusnap/db';
import { drawPage } from '@docusnap/testing';
import { afterAll, afterEach, beforeAll, expect, test } from '@jest/globals';
import { openTestBrowser } from '../console/test-browser.ts';
import { failure, form, openTestGateway, openTestWorker, type TestGateway, type TestWorker } from '../test-gateway.ts';
import { pdf } from '../test-pictures.ts';

let gateway: TestGateway;
let worker: TestWorker;
let pictures: { small: Buffer; large: Buffer };
beforeAll(async () => {
  gateway = await openTestGateway();
  worker = openTestWorker(gateway);
  const draw = (width: number, height: number) => drawPage({ width, height, lines: [], format: 'jpeg' });
  pictures = { small: await draw(320, 240), large: await draw(1_600, 1_200) };
});
afterAll(() => gateway.close());
afterEach(async () => {
  await gateway.worker.pool.query('DELETE FROM units');
});

const imageOf = (id: string, page: number | string = 1, query = '', init: RequestInit & { key?: string } = {}) =>
  gateway.call(`/v1/jobs/${id}/pages/${page}/image${query}`, init);
const codeOf = async (answer: Response) => [answer.status, (await answer.json()).code];

async function submit(frames: number): Promise<string> {
  const answer = await gateway.call('/v1/jobs', { method: 'POST', body: form([pdf()]) });
  const { id } = JobBody.parse(await answer.json());
  await worker.open(frames);
  return id;
}

/** A job whose only page was read and has its images. */
async function shown(): Promise<string> {
  const id = await submit(1);
  await worker.render(await worker.read('word'), pictures);
  return id;
}

test.each([
  ['', 'large', 1_600, 1_200],
  ['?width=1', 'small', 320, 240],
  ['?width=320', 'small', 320, 240],
  ['?width=321', 'large', 1_600, 1_200],
  ['?width=5000', 'large', 1_600, 1_200],
] as const)('asked with "%s" it is the %s one, and says its size', async (query, rendition, width, height) => {
  const answer = await imageOf(await shown(), 1, query);
  expect(answer.status).toBe(200);
  expect(Object.fromEntries(answer.headers)).toMatchObject({
    'content-type': 'image/jpeg',
    'content-length': String(pictures[rendition].length),
    'x-image-width': String(width),
    'x-image-height': String(height),
    'cache-control': 'private, max-age=31536000, immutable',
  });
  expect(Buffer.from(await answer.arrayBuffer()).equals(pictures[rendition])).toBe(true);
});

test('who has a picture is not sent it again, and each of the two has a tag of its own', async () => {
  const id = await shown();
  const tags = await Promise.all(['?width=100', '?width=1000'].map((query) => imageOf(id, 1, query)));
  const [small, large] = tags.map((answer) => answer.headers.get('etag')!);
  expect(small).not.toBe(large);
  const again = await imageOf(id, 1, '?width=100', { headers: { 'if-none-match': small! } });
  expect([again.status, await again.text()]).toEqual([304, '']);
  expect((await imageOf(id, 1, '', { headers: { 'if-none-match': small! } })).status).toBe(200);
});

test('a browser keeps no picture that it may show unasked: after the sign-out and the erasure there is none', async () => {
  const browser = openTestBrowser(gateway);
  const path = `/v1/jobs/${await shown()}/pages/1/image`;
  const cookie = await browser.signedIn();
  const answer = await browser.ask(path, { cookie });
  expect([answer.status, answer.headers.get('cache-control')]).toEqual([200, 'private, no-cache']);
  const headers = { 'if-none-match': answer.headers.get('etag')! };
  const again = await browser.ask(path, { cookie, headers });
  expect([again.status, again.headers.get('cache-control')]).toEqual([304, 'private, no-cache']);
  await browser.ask('/v1/console/session', { method: 'DELETE', cookie });
  expect((await browser.ask(path, { cookie, headers })).status).toBe(401);
});

test('the image of a page can be had while others are still read', async () => {
  const id = await submit(2);
  await worker.render(await worker.read('first'), pictures);
  expect((await imageOf(id, 1)).status).toBe(200);
  expect(await codeOf(await imageOf(id, 2))).toEqual([409, 'page_not_ready']);
});

test('a page that was read and has no image yet, and one that never gets one, are told apart', async () => {
  const id = await submit(3);
  await worker.read('first');
  const second = await worker.read('second');
  await markRenditions(gateway.worker, second, 'failed');
  const early = await imageOf(id, 1);
  expect([early.headers.get('retry-after'), ...(await codeOf(early))]).toEqual(['1', 409, 'image_not_ready']);
  expect(await codeOf(await imageOf(id, 2))).toEqual([404, 'image_not_made']);
  // The worker of the first page died before it made its images, and nobody will.
  await worker.read('third');
  await gateway.worker.pool.query("UPDATE jobs SET finished_at = now() - interval '11 minutes' WHERE id = $1", [id]);
  expect(await codeOf(await imageOf(id, 1))).toEqual([404, 'image_not_made']);
});

test('a page that was not read answers with why', async () => {
  const id = await submit(2);
  await worker.failRead(failure('page_timeout'));
  expect(await codeOf(await imageOf(id, 1))).toEqual([422, 'page_timeout']);
});

test('an image that was lost or altered is a problem, never a part of a picture', async () => {
  const id = await shown();
  const path = join(gateway.blobFolder, 'jobs', id, 'pages', '0-0', 'large');
  const bytes = await readFile(path);
  bytes[bytes.length - 30]! ^= 255;
  await writeFile(path, bytes);
  expect(await codeOf(await imageOf(id, 1))).toEqual([500, 'blob_damaged']);
  await rm(path);
  expect(await codeOf(await imageOf(id, 1))).toEqual([500, 'blob_missing']);
});

test("other tenants' jobs, pages that are not there and widths that are none are refused", async () => {
  const id = await shown();
  const stranger = await gateway.addKey({ scopes: ['read'], tenantId: await gateway.addTenant() });
  expect(await codeOf(await imageOf(id, 1, '', { key: stranger }))).toEqual([404, 'job_not_found']);
  expect(await codeOf(await imageOf(id, 2))).toEqual([404, 'page_not_found']);
  expect(await codeOf(await imageOf(id, 'x'))).toEqual([404, 'page_not_found']);
  for (const query of ['?width=0', '?width=wide', '?width=99999', '?height=100']) {
    expect(await codeOf(await imageOf(id, 1, query))).toEqual([400, 'bad_request']);
  }
});

test('erasing a job takes its images with it', async () => {
  const before = await gateway.leftovers();
  const id = await shown();
  expect((await gateway.call(`/v1/jobs/${id}`, { method: 'DELETE' })).status).toBe(204);
  expect((await gateway.leftovers()).blobs).toBe(before.blobs);
  expect(await codeOf(await imageOf(id, 1))).toEqual([404, 'job_not_found']);
});
