import { JobBody, PageBody } from '@docusnap/contracts';
import { afterAll, afterEach, beforeAll, expect, test } from '@jest/globals';
import { failure, form, openTestGateway, openTestWorker, type TestGateway, type TestWorker } from '../test-gateway.ts';
import { pdf } from '../test-pictures.ts';

let gateway: TestGateway;
let worker: TestWorker;
beforeAll(async () => {
  gateway = await openTestGateway();
  worker = openTestWorker(gateway);
});
afterAll(() => gateway.close());
afterEach(async () => {
  await gateway.worker.pool.query('DELETE FROM units');
});

async function submit(): Promise<string> {
  const answer = await gateway.call('/v1/jobs', { method: 'POST', body: form([pdf()]) });
  return JobBody.parse(await answer.json()).id;
}

interface Event {
  readonly name: string;
  readonly id: number | null;
  readonly data: { status: string; number?: number | null };
}

/** Connects and reads event by event; comments are left out. */
async function connect(id: string, lastEventId?: string) {
  const abort = new AbortController();
  const response = await gateway.call(`/v1/jobs/${id}/events`, {
    signal: abort.signal,
    ...(lastEventId !== undefined && { headers: { 'last-event-id': lastEventId } }),
  });
  const events = read(response);
  return {
    response,
    abort: () => abort.abort(),
    next: async () => (await events.next()).value,
    rest: () => Array.fromAsync(events),
  };
}

async function* read(response: Response): AsyncGenerator<Event, undefined> {
  const decoder = new TextDecoder();
  let text = '';
  for await (const chunk of response.body ?? []) {
    text += decoder.decode(chunk, { stream: true });
    for (let end = text.indexOf('\n\n'); end >= 0; end = text.indexOf('\n\n')) {
      const lines = text.slice(0, end).split('\n');
      text = text.slice(end + 2);
      const field = (name: string) => lines.find((line) => line.startsWith(`${name}: `))?.slice(name.length + 2);
      const data = field('data');
      if (data === undefined) continue;
      const name = field('event') ?? '';
      const id = field('id');
      yield {
        name,
        id: id === undefined ? null : Number(id),
        data: (name === 'page' ? PageBody : JobBody).parse(JSON.parse(data)),
      };
    }
  }
  return undefined;
}

const short = (events: readonly Event[]) => events.map(({ name, data }) => `${name} ${data.number ?? data.status}`);

test('a stream tells the job, each page as it ends, and ends after the end', async () => {
  const id = await submit();
  const stream = await connect(id);
  expect(stream.response.headers.get('content-type')).toBe('text/event-stream');
  expect((await stream.next())?.data.status).toBe('queued');
  await worker.open(2);
  await worker.read('secret words');
  await worker.failRead(failure('page_timeout'));
  const events = await stream.rest();
  expect(short(events).filter((event) => event.startsWith('page'))).toEqual(['page 1', 'page 2']);
  expect(short(events).at(-1)).toBe('job partial');
  expect(JSON.stringify(events)).not.toContain('secret words');
  const ids = events.flatMap((event) => event.id ?? []);
  expect(ids).toEqual(ids.toSorted((one, other) => one - other));
});

test('a client that comes back with Last-Event-ID gets what it has not seen, on any replica', async () => {
  const id = await submit();
  await worker.open(3);
  await worker.read('one');
  const first = await connect(id);
  await first.next();
  const seen = await first.next();
  expect(seen?.name).toBe('job');
  first.abort();
  await worker.read('two');
  await worker.read('three');
  const second = await connect(id, String(seen?.id));
  expect(short(await second.rest())).toEqual(['page 2', 'page 3', 'job completed']);
});

test('a client cut off between a page and the job event of the same version still gets the end', async () => {
  const id = await submit();
  await worker.open(1);
  await worker.read('one');
  const events = await (await connect(id)).rest();
  expect(short(events)).toEqual(['page 1', 'job completed']);
  expect(events[0]!.id).toBeNull();
  const again = await connect(id, String(events[1]!.id! - 1));
  expect(short(await again.rest())).toEqual(['page 1', 'job completed']);
});

test('a client that has seen the end is told not to come back', async () => {
  const id = await submit();
  await worker.failOpen(failure('file_truncated'));
  const [end] = await (await connect(id)).rest();
  expect(end?.data.status).toBe('failed');
  const again = await connect(id, String(end?.id));
  expect(again.response.status).toBe(204);
});

test('a Last-Event-ID that is none of ours is a beginning', async () => {
  const id = await submit();
  await worker.failOpen(failure('file_truncated'));
  for (const lastEventId of ['', 'abc', '-1', '1e3']) {
    expect(short(await (await connect(id, lastEventId)).rest())).toEqual(['job failed']);
  }
});

test('a client that goes away is let go', async () => {
  const id = await submit();
  const stream = await connect(id);
  await stream.next();
  while (gateway.ports.wake.held() !== 1) await new Promise((resolve) => setTimeout(resolve, 2));
  stream.abort();
  while (gateway.ports.wake.held() !== 0) await new Promise((resolve) => setTimeout(resolve, 2));
});

test('a stream on which nothing happens shows at intervals that it is alive', async () => {
  const quick = await openTestGateway({ heartbeatMs: 10 });
  const submitted = await quick.call('/v1/jobs', { method: 'POST', body: form([pdf()]) });
  const { id } = JobBody.parse(await submitted.json());
  const abort = new AbortController();
  const response = await quick.call(`/v1/jobs/${id}/events`, { signal: abort.signal });
  const chunks = response.body!.pipeThrough(new TextDecoderStream()).getReader();
  expect((await chunks.read()).value).toContain('event: job');
  for (let beat = 0; beat < 2; beat += 1) expect((await chunks.read()).value).toMatch(/^(: heartbeat\n\n)+$/);
  abort.abort();
  await quick.close();
});

test('the stream of a job that is erased says so and ends', async () => {
  const id = await submit();
  const response = await gateway.call(`/v1/jobs/${id}/events`);
  const text = response.text();
  await gateway.call(`/v1/jobs/${id}`, { method: 'DELETE' });
  expect(await text).toMatch(new RegExp(`event: job\\n.*event: erased\\ndata: {"id":"${id}"}\\n\\n$`, 's'));
});

test('the stream of a key that is revoked ends, and so does that of a tenant that is suspended', async () => {
  const quick = await openTestGateway({ heartbeatMs: 50 });
  const submitted = await quick.call('/v1/jobs', { method: 'POST', body: form([pdf()]) });
  const { id } = JobBody.parse(await submitted.json());
  const listen = () => quick.call(`/v1/jobs/${id}/events`);
  const suspended = await listen();
  await quick.worker.pool.query('UPDATE tenants SET suspended_at = now()');
  expect(await suspended.text()).toMatch(/^id: .*\nevent: job\n/);
  await quick.worker.pool.query('UPDATE tenants SET suspended_at = NULL');
  const revoked = await listen();
  const { keys } = (await (await quick.call('/v1/keys')).json()) as { keys: { id: string }[] };
  expect((await quick.call(`/v1/keys/${keys[0]!.id}`, { method: 'DELETE' })).status).toBe(204);
  expect(await revoked.text()).toMatch(/^id: .*\nevent: job\n/);
  await quick.close();
});
