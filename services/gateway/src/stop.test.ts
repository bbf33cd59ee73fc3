import { request } from 'node:http';
import { JobBody } from '@docusnap/contracts';
import { expect, test } from '@jest/globals';
import { closeApiServer } from './server.ts';
import { form, openTestGateway, type TestGateway } from './test-gateway.ts';
import { png } from './test-pictures.ts';

async function held(gateway: TestGateway, count: number): Promise<void> {
  while (gateway.ports.wake.held() !== count) await new Promise((resolve) => setTimeout(resolve, 2));
}

test('when the process stops, held polls and streams end with what is known, and no connection stays', async () => {
  const gateway = await openTestGateway();
  const submitted = await gateway.call('/v1/jobs', { method: 'POST', body: form([png()]) });
  const { id } = JobBody.parse(await submitted.json());
  const etag = (await gateway.call(`/v1/jobs/${id}`)).headers.get('etag') ?? '';
  const answers = [
    gateway.call(`/v1/jobs/${id}?wait=60`),
    gateway.call(`/v1/jobs/${id}?wait=60`, { headers: { 'if-none-match': etag } }),
    gateway.call('/v1/jobs?wait=60', { method: 'POST', body: form([png()]) }),
  ];
  const stream = await gateway.call(`/v1/jobs/${id}/events`);
  await held(gateway, 4);
  const startedAt = performance.now();
  gateway.stop();
  const closed = closeApiServer(gateway.server, { graceMs: 120_000 });
  expect((await Promise.all(answers)).map(({ status }) => status)).toEqual([200, 304, 202]);
  expect(await stream.text()).toContain('event: job');
  await closed;
  // Less than the 60 s for which they would be held.
  expect(performance.now() - startedAt).toBeLessThan(50_000);
  await gateway.close();
});

test('an upload that does not end in time is cut and leaves nothing behind', async () => {
  const gateway = await openTestGateway();
  const outgoing = request(`${gateway.url}/v1/jobs`, {
    method: 'POST',
    headers: { authorization: `Bearer ${gateway.key}`, 'content-type': 'multipart/form-data; boundary=x' },
  });
  const cut = new Promise((resolve) => outgoing.on('error', resolve));
  outgoing.write('--x\r\ncontent-disposition: form-data; name="file"; filename="a.png"\r\n\r\n');
  outgoing.write(png({ bytes: 200_000 }));
  while ((await gateway.leftovers()).blobs === 0) await new Promise((resolve) => setTimeout(resolve, 2));
  gateway.stop();
  await closeApiServer(gateway.server, { graceMs: 10 });
  await cut;
  await gateway.ports.running.settled();
  expect(await gateway.leftovers()).toEqual({ rows: 0, blobs: 0 });
  await gateway.close();
});

test('a client may be slow to upload but not to send its head, nor silent for long', async () => {
  const gateway = await openTestGateway();
  expect(gateway.server.headersTimeout).toBe(10_000);
  expect(gateway.server.requestTimeout).toBe(0);
  expect(gateway.server.timeout).toBe(90_000);
  await gateway.close();
});
