import { AppError, type DeliveryListQuery, WEBHOOK_PING, WEBHOOKS } from '@docusnap/contracts';
import { type DeliveryFilter, listDeliveries, pingWebhook, redeliver } from '@docusnap/db';
import { z } from 'zod';
import type { Ports } from '../ports.ts';
import { type Call, idOf } from '../route.ts';
import { deliveryBody } from './present.ts';

/** `GET /v1/webhooks/{id}/deliveries`: attempts, the newest first. */
export function listOfWebhook(ports: Ports, call: Call<DeliveryListQuery>): Promise<void> {
  return list(ports, call, { of: 'webhook', id: idOf(call.request, 'webhook_not_found') });
}

/** `GET /v1/jobs/{id}/deliveries`: the same, of whomever the job told. */
export function listOfJob(ports: Ports, call: Call<DeliveryListQuery>): Promise<void> {
  return list(ports, call, { of: 'job', id: idOf(call.request, 'job_not_found') });
}

async function list(
  ports: Ports,
  { response, query, caller }: Call<DeliveryListQuery>,
  of: Pick<DeliveryFilter, 'of' | 'id'>,
): Promise<void> {
  const after = query.cursor === undefined ? undefined : decodeCursor(query.cursor);
  const { deliveries, next } = await listDeliveries(ports.db, caller.tenantId, { ...of, limit: query.limit, after });
  response.json({ deliveries: deliveries.map(deliveryBody), next_cursor: next && encodeCursor(next) });
}

/** `POST /v1/webhooks/deliveries/{id}/redeliver`. */
export async function sendAgain(ports: Ports, { request, response, caller }: Call<object>): Promise<void> {
  const id = idOf(request, 'delivery_not_found');
  await redeliver(ports.db, caller.tenantId, id, { windowSeconds: WEBHOOKS.windowSeconds });
  response.status(202).json({ id });
}

/** `POST /v1/webhooks/{id}/test`. */
export async function test(ports: Ports, { request, response, caller }: Call<object>): Promise<void> {
  const webhookId = idOf(request, 'webhook_not_found');
  const ping = { type: WEBHOOK_PING, windowSeconds: WEBHOOKS.windowSeconds };
  response.status(202).json({ id: await pingWebhook(ports.db, caller.tenantId, webhookId, ping) });
}

/** Opaque to clients, and in need of no signature: one can only say where in one's own list to go on. */
const After = z.tuple([z.iso.datetime(), z.uuid()]);

function encodeCursor({ at, id }: { readonly at: Date; readonly id: string }): string {
  return Buffer.from(JSON.stringify([at.toISOString(), id])).toString('base64url');
}

function decodeCursor(cursor: string): { at: Date; id: string } {
  try {
    const [at, id] = After.parse(JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8')));
    return { at: new Date(at), id };
  } catch (cause) {
    throw new AppError('bad_request', 'cursor: take next_cursor of the list before as it is.', { cause });
  }
}
