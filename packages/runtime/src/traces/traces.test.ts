import { spawnSync } from 'node:child_process';
import { type OtlpReceiver, startOtlpReceiver } from '@docusnap/testing';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { openTraces } from './open-traces.ts';
import { readTraceparent, writeTraceparent } from './traceparent.ts';
import { epochMs, traceIdOf, UNTOLD } from './traces.ts';

const TRACE = '4bf92f3577b34da6a3ce929d0e0e4736';
const PARENT = `00-${TRACE}-00f067aa0ba902b7-01`;
const ABOUT = { service: 'gateway', version: '1.2.3' };

let receiver: OtlpReceiver;
beforeEach(async () => {
  receiver = await startOtlpReceiver();
});
afterEach(() => receiver.close());

const settings = (ratio = 1) => ({
  OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url,
  OTEL_EXPORTER_OTLP_HEADERS: 'x-token=a%20b, x-other=c=d',
  OTEL_TRACES_SAMPLER_ARG: ratio,
});

test('a traceparent is read and written as W3C has it, and anything else is none', () => {
  expect(readTraceparent(PARENT)).toEqual({ traceId: TRACE, spanId: '00f067aa0ba902b7', isSampled: true });
  expect(writeTraceparent(readTraceparent(PARENT)!)).toBe(PARENT);
  expect(readTraceparent(`00-${TRACE}-00f067aa0ba902b7-00`)?.isSampled).toBe(false);
  for (const wrong of [
    undefined,
    '',
    `01-${TRACE}-00f067aa0ba902b7-01`,
    `00-${'0'.repeat(32)}-00f067aa0ba902b7-01`,
    `00-${TRACE}-${'0'.repeat(16)}-01`,
    `${PARENT}-x`,
    PARENT.toUpperCase(),
  ]) {
    expect(readTraceparent(wrong)).toBeUndefined();
  }
});

test('without a collector nothing of OpenTelemetry is loaded, and ids are handed on or made', async () => {
  const traces = await openTraces({ OTEL_TRACES_SAMPLER_ARG: 1 }, ABOUT);
  expect(traces).toBe(UNTOLD);
  // One shape for all of them.
  expect(Object.getOwnPropertyDescriptor(traces.begin('any'), 'traceparent')).toBeUndefined();
  expect(traces.begin('submit', { parent: PARENT }).traceparent).toBe(PARENT);
  const { traceId, traceparent } = traces.begin('submit', { parent: 'nonsense' });
  expect(traceIdOf(traceparent)).toBe(traceId);
  expect(readTraceparent(traceparent)?.isSampled).toBe(false);
});

test('OpenTelemetry is loaded where there is a collector, and only there', () => {
  // But for its API, a few types and names, which prom-client brings.
  const index = new URL('../index.ts', import.meta.url).href;
  const script = `
    import { registerHooks } from 'node:module';
    let loaded = 0;
    registerHooks({ load: (url, context, next) => { loaded += /opentelemetry.(sdk|exporter|otlp)/.test(url) ? 1 : 0; return next(url, context); } });
    const { openTraces } = await import(${JSON.stringify(index)});
    const about = { service: 'ocr', version: '1' };
    await openTraces({ OTEL_TRACES_SAMPLER_ARG: 1 }, about);
    const without = loaded;
    await openTraces({ OTEL_TRACES_SAMPLER_ARG: 1, OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:9' }, about);
    console.log(without, loaded > without);`;
  const { stdout } = spawnSync(process.execPath, ['--input-type=module', '-e', script], { encoding: 'utf8' });
  expect(stdout.trim()).toBe('0 true');
});

test('spans reach the collector below their parents, with times that were measured elsewhere, and the rest when the process ends', async () => {
  const traces = await openTraces(settings(), ABOUT);
  const submit = traces.begin('POST', { parent: PARENT, kind: 'server' });
  const at = epochMs() - 500;
  traces
    .begin('decode', { parent: submit.traceparent, at, attributes: { pages: 1, none: undefined } })
    .end({ at: at + 40 });
  traces.begin('never ended', { parent: submit.traceparent });
  submit.end({ name: 'POST /v1/jobs', failure: 'internal', attributes: { 'http.response.status_code': 500 } });
  await traces.close();
  expect(receiver.headers()).toMatchObject({ 'x-token': 'a b', 'x-other': 'c=d' });
  expect(receiver.spans).toHaveLength(2);
  const [decode, root] = receiver.spans;
  expect(root).toMatchObject({
    service: 'docusnap-gateway',
    name: 'POST /v1/jobs',
    traceId: TRACE,
    parentSpanId: '00f067aa0ba902b7',
    status: 2,
    attributes: { 'error.type': 'internal', 'http.response.status_code': 500 },
  });
  expect(decode).toMatchObject({
    name: 'decode',
    traceId: TRACE,
    parentSpanId: root!.spanId,
    attributes: { pages: 1 },
  });
  expect(decode!.ms).toBeCloseTo(40, 1);
});

test('of the traces that begin here the given part is kept, and callers decide for theirs', async () => {
  const traces = await openTraces(settings(0), ABOUT);
  const ours = traces.begin('ours');
  expect(readTraceparent(ours.traceparent)?.isSampled).toBe(false);
  ours.end();
  traces.begin('below ours', { parent: ours.traceparent }).end();
  traces.begin('theirs', { parent: PARENT }).end();
  await traces.close();
  expect(receiver.spans.map(({ name }) => name)).toEqual(['theirs']);
});

test('a collector that is away holds up nobody', () => {
  // In a process of its own: what cannot be sent is tried again for a while behind the end.
  const opened = new URL('./open-traces.ts', import.meta.url).href;
  const script = `
    const { openTraces } = await import(${JSON.stringify(opened)});
    const traces = await openTraces({ OTEL_TRACES_SAMPLER_ARG: 1, OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:9' }, { service: 'ocr', version: '1' });
    const begun = performance.now();
    const before = process.cpuUsage();
    for (let spans = 0; spans < 10_000; spans += 1) traces.begin('submit').end();
    const { user, system } = process.cpuUsage(before);
    const spanMs = (user + system) / 1_000 / 10_000;
    await traces.close();
    const said = JSON.stringify({ spanMs, ms: performance.now() - begun });
    process.stdout.write(said, () => process.kill(process.pid, 'SIGKILL'));`;
  const { stdout } = spawnSync(process.execPath, ['--input-type=module', '-e', script], { encoding: 'utf8' });
  const { spanMs, ms } = JSON.parse(stdout) as { spanMs: number; ms: number };
  // Of processor time: measured were 0.02 ms; a page has a dozen.
  expect(spanMs).toBeLessThan(1);
  expect(ms).toBeLessThan(80_000);
});
