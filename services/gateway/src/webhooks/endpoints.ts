import { randomUUIDv7 } from 'node:crypto';
import { AppError, ChangeWebhookBody, CreateWebhookBody, RotateWebhookBody } from '@docusnap/contracts';
import {
  changeWebhook,
  createWebhook,
  deleteWebhook,
  listWebhooks,
  readWebhook,
  rotateWebhookSecret,
} from '@docusnap/db';
import type { Request, Response } from 'express';
import type { z } from 'zod';
import { explain } from '../explain.ts';
import { askedUrl } from '../fetch/target.ts';
import { readJson } from '../json-body.ts';
import { doneInSecret } from '../once/once.ts';
import type { Ports } from '../ports.ts';
import { type Call, idOf } from '../route.ts';
import { webhookBody } from './present.ts';
import { newSecret } from './secrets.ts';

const BODY_BYTES = 16 * 1024;

/** `POST /v1/webhooks`: the only answer that shows the secret. */
export async function create(ports: Ports, { request, response, caller, once }: Call<object>): Promise<void> {
  const { url, name, events, key_id, only_named } = await readBody(CreateWebhookBody, request, response);
  const { secret, stored } = newSecret(ports.masterKeys);
  const webhook = {
    id: randomUUIDv7(),
    url: reachable(ports, url),
    name: storable(name),
    events: [...new Set(events)],
    keyId: key_id ?? null,
    onlyNamed: only_named,
  };
  const options = { once: doneInSecret(once) };
  const made = await createWebhook(ports.db, caller.tenantId, { webhook, secret: stored }, options);
  response.set('cache-control', 'no-store').location(`/v1/webhooks/${made.id}`);
  response.status(201).json({ ...webhookBody(made), secret });
}

/** `GET /v1/webhooks`. */
export async function listAll(ports: Ports, { response, caller }: Call<object>): Promise<void> {
  const webhooks = await listWebhooks(ports.db, caller.tenantId);
  response.json({ webhooks: webhooks.map(webhookBody) });
}

/** `GET /v1/webhooks/{id}`. */
export async function show(ports: Ports, { request, response, caller }: Call<object>): Promise<void> {
  response.json(webhookBody(await readWebhook(ports.db, caller.tenantId, idOf(request, 'webhook_not_found'))));
}

/** `PATCH /v1/webhooks/{id}`: counts for what waits, too. */
export async function change(ports: Ports, { request, response, caller }: Call<object>): Promise<void> {
  const id = idOf(request, 'webhook_not_found');
  const { url, name, events, enabled } = await readBody(ChangeWebhookBody, request, response);
  const changed = await changeWebhook(ports.db, caller.tenantId, id, {
    url: url === undefined ? undefined : reachable(ports, url),
    name: name === undefined ? undefined : storable(name),
    events: events && [...new Set(events)],
    enabled,
  });
  response.json(webhookBody(changed));
}

/** `DELETE /v1/webhooks/{id}`. */
export async function remove(ports: Ports, { request, response, caller }: Call<object>): Promise<void> {
  await deleteWebhook(ports.db, caller.tenantId, idOf(request, 'webhook_not_found'));
  response.status(204).end();
}

/** `POST /v1/webhooks/{id}/rotate`: the only answer that shows the new secret. */
export async function rotate(ports: Ports, { request, response, caller, once }: Call<object>): Promise<void> {
  const id = idOf(request, 'webhook_not_found');
  const { keep_old_seconds } = await readBody(RotateWebhookBody, request, response);
  const { secret, stored } = newSecret(ports.masterKeys);
  const webhook = await rotateWebhookSecret(ports.db, caller.tenantId, id, {
    secret: stored,
    keepOldSeconds: keep_old_seconds,
    once: doneInSecret(once),
  });
  response.set('cache-control', 'no-store').json({ ...webhookBody(webhook), secret });
}

/** The address as it is stored; throws `webhook_url_refused`. Where its name leads is looked at each time something is sent. */
function reachable({ fetchPolicy }: Ports, text: string): string {
  return askedUrl(fetchPolicy, text, { refusal: 'webhook_url_refused' }).url.href;
}

/** PostgreSQL takes no U+0000. */
function storable(name: string): string {
  return name.toWellFormed().replaceAll('\0', '');
}

async function readBody<Schema extends z.ZodType>(
  schema: Schema,
  request: Request,
  response: Response,
): Promise<z.output<Schema>> {
  if (!request.is('application/json')) throw new AppError('unsupported_media_type', 'Send application/json.');
  const parsed = schema.safeParse(await readJson(request, response, BODY_BYTES));
  if (!parsed.success) throw new AppError('bad_request', explain(parsed.error));
  return parsed.data;
}
