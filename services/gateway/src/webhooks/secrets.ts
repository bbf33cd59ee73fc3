import { randomUUID } from 'node:crypto';
import {
  jobContext,
  jobWebhookContext,
  type MasterKeys,
  newDataKey,
  openBytes,
  sealBytes,
  unwrapDataKey,
  webhookSecretContext,
} from '@docusnap/blobs';
import type { JobWebhook, StoredJobWebhook } from '@docusnap/contracts';
import type { EventTarget, WebhookSecretKey } from '@docusnap/db';

const PREFIX = 'whsec_';

/** A new secret of an endpoint: as it is shown, once, and as it is stored. */
export function newSecret(masterKeys: MasterKeys): { secret: string; stored: WebhookSecretKey } {
  const id = randomUUID();
  const { dataKey, wrapped } = newDataKey(masterKeys, webhookSecretContext(id));
  return { secret: PREFIX + dataKey.toString('base64'), stored: { id, key: wrapped } };
}

/** What is stored of the field `webhook` of a submit: from here on address and secret are readable only with the job's data key. */
export function sealJobWebhook(
  webhook: JobWebhook,
  { id, dataKey }: { readonly id: string; readonly dataKey: Buffer },
): StoredJobWebhook {
  if ('id' in webhook) return { endpoint: webhook.id };
  const sealed = sealBytes(dataKey, jobWebhookContext(id), Buffer.from(JSON.stringify(webhook)));
  return { host: new URL(webhook.url).host, sealed: sealed.toString('base64') };
}

/** Where an event goes, and what it is signed with, newest first. */
export interface OpenTarget {
  readonly url: string;
  readonly secrets: readonly Buffer[];
}

/** Throws `blob_damaged`, `master_key_missing`. */
export async function openTarget(masterKeys: MasterKeys, target: EventTarget): Promise<OpenTarget> {
  if ('url' in target) {
    const secrets = target.secrets.map(({ id, key }) => unwrapDataKey(masterKeys, key, webhookSecretContext(id)));
    return { url: target.url, secrets };
  }
  const { jobId, sealed, key } = target;
  const dataKey = unwrapDataKey(masterKeys, key, jobContext(jobId));
  const opened = await openBytes(dataKey, jobWebhookContext(jobId), Buffer.from(sealed, 'base64'));
  const { url, secret } = JSON.parse(opened.toString('utf8')) as { url: string; secret: string };
  return { url, secrets: [Buffer.from(secret.slice(PREFIX.length), 'base64')] };
}
