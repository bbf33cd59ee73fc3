import { createServer, type ServerResponse } from 'node:http';
import {
  Counter,
  type CounterConfiguration,
  collectDefaultMetrics,
  Gauge,
  type GaugeConfiguration,
  Histogram,
  type HistogramConfiguration,
  Registry,
} from 'prom-client';
import { type Checks, type HealthAnswer, openHealth } from './health.ts';
import { listen } from './listen.ts';

/** The measures of a process; each is made once, by whoever writes it. Names begin with `docusnap_` and end in their unit. */
export interface Metrics {
  readonly registry: Registry;
  counter<Label extends string = never>(options: CounterConfiguration<Label>): Counter<Label>;
  /** With `collect`, the value is read when it is asked for. */
  gauge<Label extends string = never>(options: GaugeConfiguration<Label>): Gauge<Label>;
  histogram<Label extends string = never>(options: HistogramConfiguration<Label>): Histogram<Label>;
}

export function openMetrics(): Metrics {
  const registry = new Registry();
  const registers = [registry];
  return {
    registry,
    counter: (options) => new Counter({ ...options, registers }),
    gauge: (options) => new Gauge({ ...options, registers }),
    histogram: (options) => new Histogram({ ...options, registers }),
  };
}

export interface MetricsServer {
  readonly port: number;
  close(): Promise<void>;
}

const KEEP_ALIVE_MS = 120_000;
/** Milliseconds between prom-client's looks at the event loop. */
const LOOP_LOOKS_MS = 10;

export interface MetricsServerOptions {
  readonly host: string;
  readonly port: number;
  /** Names the port in an error. */
  readonly variable?: string;
  readonly checks?: Checks | undefined;
  /**
   * How often prom-client looks at the event loop beside event-loop.ts, which cannot be turned off: at its 10 ms that is two thirds of what an idle process
   * takes, 3 ms of processor time a second.
   */
  readonly loopLooksMs?: number;
}

/**
 * Serves `GET /metrics` on an address of its own, with the process's memory, CPU, handles and garbage collection besides what the registry
 * holds; with `checks` also `/healthz` and `/readyz`, for a process that has no other address. A measure that cannot be read makes the answer a 500 with the
 * reason. Throws ConfigError when the port cannot be had.
 */
export async function serveMetrics(
  registry: Registry,
  { host, port, variable = 'METRICS_PORT', checks, loopLooksMs = LOOP_LOOKS_MS }: MetricsServerOptions,
): Promise<MetricsServer> {
  const health = checks && openHealth(checks);
  const server = createServer((request, response) => {
    const path = request.url?.split('?')[0] ?? '';
    const asked = request.method === 'GET' ? health?.(path) : undefined;
    if (asked) {
      void asked.then((answer) => answerHealth(response, answer));
      return;
    }
    if (request.method !== 'GET' || path !== '/metrics') {
      response.writeHead(404).end();
      return;
    }
    registry.metrics().then(
      (text) => response.writeHead(200, { 'content-type': registry.contentType }).end(text),
      (error: unknown) => response.writeHead(500, { 'content-type': 'text/plain' }).end(String(error)),
    );
  });
  // Longer than scrapers pause: one that uses its connection again at the moment in which it is closed gets no answer.
  server.keepAliveTimeout = KEEP_ALIVE_MS;
  const listening = await listen(server, { host, port, variable });
  collectDefaultMetrics({ register: registry, eventLoopMonitoringPrecision: loopLooksMs });
  return {
    port: listening,
    close: async () => {
      server.closeAllConnections();
      await server[Symbol.asyncDispose]();
    },
  };
}

function answerHealth(response: ServerResponse, { status, body }: HealthAnswer): void {
  response.writeHead(status, { 'content-type': 'application/json', 'cache-control': 'no-store' });
  response.end(JSON.stringify(body));
}
