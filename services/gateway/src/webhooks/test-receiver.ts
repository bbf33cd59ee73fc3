import type { IncomingHttpHeaders } from 'node:http';
import { type DeliveryBody, JobBody, NewWebhookBody, type WebhookBody } from '@docusnap/contracts';
import { Webhook } from 'standardwebhooks';
import type { z } from 'zod';
import { openTestHost, type TestHost } from '../fetch/test-host.ts';
import { form, openTestGateway, openTestWorker, type TestGateway, type TestWorker } from '../test-gateway.ts';
import { pdf } from '../test-pictures.ts';
import { type Deliverer, type DelivererOptions, startDeliverer } from './deliverer.ts';
import { openWebhookMetrics } from './metrics.ts';

// For this room's tests only.

/** What a receiver was sent. */
export interface Received {
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
  readonly path: string;
  /** The event, as it stands in the body. */
  readonly event: {
    readonly id: string;
    readonly type: string;
    readonly timestamp: string;
    readonly data: Record<string, unknown>;
  };
}

/** An answer's status, with a header or two; nothing at all where it hangs. */
export type Reply = { readonly status: number; readonly headers?: Record<string, string> } | 'hang';

export interface Stage {
  readonly gateway: Awaited<ReturnType<typeof openTestGateway>>;
  readonly host: TestHost;
  /** All that came since the last `clear`, in order. */
  readonly received: Received[];
  /** How it answers from now on. */
  reply(with_: Reply | ((received: Received) => Reply)): void;
  /** `attemptMs`: what one attempt may take; ATTEMPT_MS unless told. */
  deliver(options?: Partial<DelivererOptions> & { readonly attemptMs?: number }): Deliverer;
  /** Adds an endpoint by the API. */
  addWebhook(body?: object, key?: string): Promise<z.output<typeof NewWebhookBody>>;
  readonly worker: TestWorker;
  submit(fields?: Record<string, string>, key?: string): Promise<string>;
  /** A job that has been read. */
  endedJob(fields?: Record<string, string>, key?: string): Promise<string>;
  /** An event as it lies in the outbox. */
  row(eventId: string): Promise<Record<string, unknown>>;
  /** Every event that is tried again is due. */
  dueNow(): Promise<unknown>;
  /** The log, once it is so long; throws when that takes too long. */
  log(webhookId: string, length: number): Promise<DeliveryBody[]>;
  show(webhookId: string): Promise<WebhookBody>;
  /** The endpoint, once it is disabled; throws when that takes too long. */
  disabled(webhookId: string): Promise<WebhookBody>;
  change(webhookId: string, body: object): Promise<Response>;
  /** As if nothing had happened before: no deliverer, event or endpoint. */
  clear(): Promise<void>;
  close(): Promise<void>;
}

/** Milliseconds that one attempt may take here. */
const ATTEMPT_MS = 3_000;

/** A gateway, and a receiver by HTTPS that it takes for hooks.example and others.example on the public internet. */
export async function openStage(): Promise<Stage> {
  const limits = { connectMs: 2_500, silentMs: 2_500, totalMs: ATTEMPT_MS };
  const host = await openTestHost(['hooks.example', 'others.example'], limits);
  for (const name of ['hooks.example', 'others.example']) host.names[name] = ['93.184.216.34'];
  const gateway = await openTestGateway({ reach: host.reach });
  const received: Received[] = [];
  let replying: (received: Received) => Reply = () => ({ status: 204 });
  host.answerWith((request, response) => {
    const pieces: Buffer[] = [];
    request.on('data', (piece: Buffer) => pieces.push(piece));
    request.on('end', () => {
      const body = Buffer.concat(pieces).toString('utf8');
      const one = { headers: request.headers, body, path: request.url ?? '', event: JSON.parse(body) };
      received.push(one);
      const reply = replying(one);
      if (reply !== 'hang') response.writeHead(reply.status, reply.headers).end('thank you');
    });
  });
  const worker = openTestWorker(gateway);
  const running = new Set<Deliverer>();
  const submit: Stage['submit'] = async (fields = {}, key = undefined) => {
    const answer = await gateway.call('/v1/jobs', { method: 'POST', body: form([pdf()], fields), ...(key && { key }) });
    return JobBody.parse(await answer.json()).id;
  };
  const show: Stage['show'] = async (id) => (await gateway.call(`/v1/webhooks/${id}`)).json();
  const metrics = openWebhookMetrics(gateway.metrics, { waiting: async () => null });
  return {
    gateway,
    host,
    received,
    reply: (next) => {
      replying = typeof next === 'function' ? next : () => next;
    },
    deliver: ({ attemptMs = ATTEMPT_MS, ...options } = {}) => {
      const deliverer = startDeliverer(
        {
          db: gateway.worker,
          masterKeys: gateway.ports.masterKeys,
          reach: { ...host.reach, silentMs: attemptMs, totalMs: attemptMs },
          log: gateway.ports.log,
          metrics,
          traces: gateway.ports.traces,
          now: () => new Date(),
          random: () => 0,
        },
        { concurrency: 8, pollMs: 20, sweepMs: 50, graceMs: 100, ...options },
      );
      running.add(deliverer);
      return deliverer;
    },
    worker,
    submit,
    endedJob: async (...about) => {
      const id = await submit(...about);
      await worker.open(1);
      await worker.read('INVOICE 2026-0815');
      return id;
    },
    row: async (id) => {
      const { rows } = await gateway.worker.pool.query('SELECT * FROM webhook_events WHERE id = $1', [id]);
      return rows[0];
    },
    dueNow: () => gateway.worker.pool.query('UPDATE webhook_events SET not_before = now()'),
    log: (id, length) =>
      eventually(
        async () => (await (await gateway.call(`/v1/webhooks/${id}/deliveries`)).json()).deliveries as DeliveryBody[],
        (seen) => seen.length === length,
      ),
    show,
    disabled: (id) =>
      eventually(
        () => show(id),
        ({ enabled }) => !enabled,
      ),
    change: (id, body) =>
      gateway.call(`/v1/webhooks/${id}`, {
        method: 'PATCH',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(body),
      }),
    clear: async () => {
      for (const deliverer of running) await deliverer.stop();
      running.clear();
      await gateway.worker.pool.query('DELETE FROM webhook_events');
      const { webhooks } = await (await gateway.call('/v1/webhooks')).json();
      for (const { id } of webhooks) await gateway.call(`/v1/webhooks/${id}`, { method: 'DELETE' });
      replying = () => ({ status: 204 });
      received.length = 0;
      host.forget();
    },
    addWebhook: async (body = {}, key) => {
      const answer = await post(gateway, '/v1/webhooks', { url: 'https://hooks.example/in', ...body }, key);
      return NewWebhookBody.parse(await answer.json());
    },
    close: async () => {
      await gateway.close();
      await host.close();
    },
  };
}

export function post(gateway: TestGateway, path: string, body?: object, key?: string): Promise<Response> {
  return gateway.call(path, {
    method: 'POST',
    ...(body && { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
    ...(key && { key }),
  });
}

const PATIENCE_MS = 120_000;

async function eventually<T>(look: () => Promise<T>, holds: (seen: T) => boolean): Promise<T> {
  const deadline = performance.now() + PATIENCE_MS;
  for (;;) {
    const seen = await look();
    if (holds(seen)) return seen;
    if (performance.now() > deadline) throw new Error(`Not within ${PATIENCE_MS} ms; last: ${JSON.stringify(seen)}`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

/** The event, once a library that is not ours has verified its signature; throws where that is not right. */
export function verified(secret: string, { body, headers }: Pick<Received, 'body' | 'headers'>): Received['event'] {
  return new Webhook(secret).verify(body, headers as Record<string, string>) as Received['event'];
}
