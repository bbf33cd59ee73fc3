import { createServer } from 'node:http';
import { expect, test } from '@jest/globals';
import { watchEventLoop } from './event-loop.ts';
import { listen } from './listen.ts';
import { openMetrics, serveMetrics } from './metrics.ts';

test('measures are served on a port of their own, with those of the process', async () => {
  const metrics = openMetrics();
  const pages = metrics.counter({ name: 'docusnap_pages_read_total', help: 'Pages.', labelNames: ['status'] });
  metrics.gauge({
    name: 'docusnap_units_waiting',
    help: 'Units.',
    collect() {
      this.set(7);
    },
  });
  metrics.histogram({ name: 'docusnap_stage_seconds', help: 'Stages.', buckets: [0.1, 1] }).observe(0.5);
  pages.inc({ status: 'done' }, 3);
  const server = await serveMetrics(metrics.registry, { host: '127.0.0.1', port: 0 });
  const response = await fetch(`http://127.0.0.1:${server.port}/metrics`);
  expect(response.headers.get('content-type')).toContain('text/plain');
  const text = await response.text();
  expect(text).toContain('docusnap_pages_read_total{status="done"} 3');
  expect(text).toContain('docusnap_units_waiting 7');
  expect(text).toContain('docusnap_stage_seconds_bucket{le="1"} 1');
  expect(text).toMatch(/process_resident_memory_bytes \d/);
  expect((await fetch(`http://127.0.0.1:${server.port}/`)).status).toBe(404);
  await server.close();
});

test('a measure that cannot be read is a 500 with the reason', async () => {
  const metrics = openMetrics();
  metrics.gauge({
    name: 'docusnap_units_waiting',
    help: 'Units.',
    collect() {
      throw new Error('the database is away');
    },
  });
  const server = await serveMetrics(metrics.registry, { host: '127.0.0.1', port: 0 });
  const response = await fetch(`http://127.0.0.1:${server.port}/metrics`);
  expect(response.status).toBe(500);
  expect(await response.text()).toContain('the database is away');
  await server.close();
});

test('a busy port for measures names METRICS_PORT', async () => {
  const busy = createServer();
  const port = await listen(busy, { host: '127.0.0.1', port: 0, variable: 'X' });
  const serving = serveMetrics(openMetrics().registry, { host: '127.0.0.1', port });
  await expect(serving).rejects.toThrow(
    `127.0.0.1:${port} is in use by another program: stop that one, or set METRICS_PORT`,
  );
  busy.close();
});

test('the delay of the event loop is measured, and afresh after each scrape', async () => {
  const metrics = openMetrics();
  const watch = watchEventLoop(metrics);
  const turn = () => new Promise((resolve) => setTimeout(resolve, 15));
  await turn();
  const until = performance.now() + 600;
  while (performance.now() < until);
  await turn();
  expect(watch.p99Seconds()).toBeGreaterThan(0.5);
  expect(await metrics.registry.metrics()).toMatch(/docusnap_event_loop_delay_p99_seconds \d/);
  expect(watch.p99Seconds()).toBeLessThan(0.5);
  watch.stop();
});
