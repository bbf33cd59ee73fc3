import { randomBytes } from 'node:crypto';
import { openAsBlob } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { type OtlpReceiver, says, startLanguageModelServer, startOtlpReceiver, type ToldSpan } from '@docusnap/testing';
import { expect, test } from '@jest/globals';
import { SAMPLE } from './testing/embedded-run.ts';
import { type Home, newHome } from './testing/home.ts';

const TRACE = '4bf92f3577b34da6a3ce929d0e0e4736';
const TRACEPARENT = `00-${TRACE}-00f067aa0ba902b7-01`;
const SCHEMA = { type: 'object', properties: { total: { type: 'number' } } };

/** A webhook's receiver on this machine; resolves with the head of what it was sent. */
async function startHook() {
  const told = Promise.withResolvers<IncomingHttpHeaders>();
  const server = createServer((request, response) => {
    request.resume();
    response.writeHead(204).end();
    told.resolve(request.headers);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return { port, told: told.promise, close: () => server[Symbol.asyncDispose]() };
}

async function submit(home: Home, hook: string): Promise<string> {
  const form = new FormData();
  form.append('file', await openAsBlob(SAMPLE), 'invoice.jpg');
  form.append('task', 'extract');
  // A picture is opened only where pages are selected.
  form.append('options', JSON.stringify({ pages: '1' }));
  form.append('schema', JSON.stringify(SCHEMA));
  form.append('webhook', JSON.stringify({ url: hook, secret: `whsec_${randomBytes(24).toString('base64')}` }));
  const key = (await readFile(join(home.folders().secrets, 'api-key'), 'utf8')).trim();
  const response = await fetch(`http://127.0.0.1:${home.port}/v1/jobs`, {
    method: 'POST',
    headers: { authorization: `Bearer ${key}`, traceparent: TRACEPARENT },
    body: form,
  });
  const text = await response.text();
  if (response.status !== 202) throw new Error(text);
  const job = JSON.parse(text) as { id: string; options: object };
  expect(job.options).not.toHaveProperty('trace_parent');
  return job.id;
}

const parts = (spans: readonly ToldSpan[], parent: ToldSpan | undefined) =>
  spans.filter(({ parentSpanId }) => parentSpanId === parent?.spanId).map(({ name }) => name);

test('one trace leads from the upload through queue, reader and language model to the webhook', async () => {
  const receiver: OtlpReceiver = await startOtlpReceiver();
  const model = await startLanguageModelServer(() => says({ total: 29.7 }));
  const hook = await startHook();
  const home = await newHome();
  try {
    const system = home.start({
      OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url,
      FETCH_ALLOW: `http://127.0.0.1:${hook.port}`,
      LLM_BASE_URL: model.baseUrl,
      LLM_MODEL: 'scripted',
    });
    await system.printed(/Ctrl-C stops it/);
    const id = await submit(home, `http://127.0.0.1:${hook.port}/`);
    const { traceparent } = await hook.told;
    await receiver.until((spans) => spans.some(({ name }) => name === 'webhook delivery'));
    await receiver.until((spans) => spans.some(({ name }) => name === 'read page'));
    const spans = receiver.spans.filter(({ traceId }) => traceId === TRACE);
    const named = (name: string): ToldSpan | undefined => spans.find((span) => span.name === name);

    const request = named('POST /v1/jobs');
    expect(request).toMatchObject({ service: 'docusnap-gateway', parentSpanId: '00f067aa0ba902b7' });
    expect(parts(spans, request)).toEqual(['submit']);
    const submitted = named('submit');
    expect(submitted?.attributes).toMatchObject({ 'docusnap.job': id });
    const below = ['receive and seal', 'store rows', 'open file', 'read page', 'understand', 'webhook delivery'];
    expect(new Set(parts(spans, submitted))).toEqual(new Set(below));
    expect(named('read page')).toMatchObject({ service: 'docusnap-ocr', attributes: { 'docusnap.job': id } });
    const stages = ['fetch', 'decode', 'recall', 'prepare', 'detect', 'straighten', 'orient', 'recognise', 'arrange'];
    const told = [...stages, 'tables', 'furniture', 'seal', 'store'];
    expect(new Set(parts(spans, named('read page')))).toEqual(new Set(told));
    expect(parts(spans, named('open file'))).toEqual(['store']);
    expect(parts(spans, named('understand'))).toEqual(['LLM call', 'store']);
    const delivery = named('webhook delivery');
    expect(delivery).toMatchObject({ service: 'docusnap-gateway', attributes: { 'http.response.status_code': 204 } });
    expect(traceparent).toBe(`00-${TRACE}-${delivery?.spanId}-01`);
    // Stages that follow one another fill the page that they are parts of.
    const read = named('read page')!;
    const inStages = spans
      .filter(({ parentSpanId }) => parentSpanId === read.spanId)
      .reduce((sum, { ms }) => sum + ms, 0);
    expect(inStages).toBeGreaterThan(read.ms * 0.7);

    const logged = await Promise.all(
      ['gateway', 'ocr'].map((service) => readFile(join(home.folders().logs, `${service}.log`), 'utf8')),
    );
    for (const log of logged) {
      const lines = log.split('\n').filter((line) => line.includes(TRACE));
      expect(lines.length).toBeGreaterThan(0);
      for (const line of lines) expect(JSON.parse(line)).toMatchObject({ job: id, trace_id: TRACE });
    }
    system.signalGroup('SIGINT');
    expect((await system.ended).code).toBe(0);
  } finally {
    await home.remove();
    await hook.close();
    await model.close();
    await receiver.close();
  }
});
