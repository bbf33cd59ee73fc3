import { jobContext, openBytes, passwordContext, unwrapDataKey } from '@docusnap/blobs';
import { claimUnit } from '@docusnap/db';
import { makePdf } from '@docusnap/testing';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { form, openTestGateway, type TestGateway } from '../test-gateway.ts';
import { readFields } from './fields.ts';

const PASSWORD = 'Sesam öffne dich';
const pdf = makePdf([{ width: 100, height: 100 }], { password: 'x' });
let gateway: TestGateway;

beforeAll(async () => {
  gateway = await openTestGateway();
});
afterAll(() => gateway.close());

test('a password lies sealed under the key of its job, and nowhere in the clear', async () => {
  const options = JSON.stringify({ password: PASSWORD, pages: '1', pdf: { text: 'never' } });
  const answer = await gateway.call('/v1/jobs', { method: 'POST', body: form([pdf], { options }) });
  expect(answer.status).toBe(202);
  const shown = await answer.json();
  expect(shown.options).toEqual({ priority: 5, pages: '1', pdf: { text: 'never' } });
  expect(shown.files[0].media_type).toBe('application/pdf');
  const polled = await gateway.call(`/v1/jobs/${shown.id}`);
  expect(await polled.json()).toMatchObject({ options: shown.options });

  const { rows } = await gateway.worker.pool.query('SELECT options::text AS stored FROM jobs WHERE id = $1', [
    shown.id,
  ]);
  expect(rows[0].stored).toContain('password');
  expect(rows[0].stored).not.toContain('Sesam');
  expect(gateway.logged.join('')).not.toContain('Sesam');

  const unit = await claimUnit(gateway.worker, { holder: 'a test' });
  const dataKey = unwrapDataKey(gateway.ports.masterKeys, unit!.key, jobContext(shown.id));
  const sealed = Buffer.from(unit!.options.password!, 'base64');
  expect((await openBytes(dataKey, passwordContext(shown.id), sealed)).toString()).toBe(PASSWORD);
  await expect(openBytes(dataKey, passwordContext('another job'), sealed)).rejects.toThrow();
});

test.each(['1', '1-3,7', '2-2', ' 4 - 9 , 12', '10000'])('"%s" selects pages', (pages) => {
  expect(readFields({ options: { pages } }).options.pages).toBe(pages);
});

test.each([
  '',
  '0',
  '3-1',
  '1-',
  '-2',
  '1,,2',
  'all',
  '1.5',
  '123456',
  Array.from({ length: 101 }, (_, i) => i + 1).join(','),
])('"%s" is no selection of pages', (pages) => {
  expect(() => readFields({ options: { pages } })).toThrow(
    expect.objectContaining({ code: 'invalid_options', message: expect.stringContaining('pages') }),
  );
});

test.each([{ pdf: { text: 'maybe' } }, { password: '' }, { password: 'x'.repeat(128) }])('%j is refused', (options) => {
  expect(() => readFields({ options })).toThrow(expect.objectContaining({ code: 'invalid_options' }));
});
