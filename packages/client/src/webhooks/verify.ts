import type { Job } from '../generated/api.ts';

/** What an endpoint is sent. */
export type WebhookEvent =
  | {
      readonly id: string;
      readonly type: 'job.completed' | 'job.partial' | 'job.failed' | 'job.cancelled' | 'job.expired';
      readonly timestamp: string;
      /** As it was at its end, without any text of its documents. */
      readonly data: Job;
    }
  | {
      readonly id: string;
      readonly type: 'webhook.ping';
      readonly timestamp: string;
      readonly data: { readonly webhook_id: string | null };
    };

export interface ReceivedWebhook {
  /** The body as it came, not parsed and written anew. */
  readonly body: string | Uint8Array;
  /** Its headers; names in lower case where they come in an object. */
  readonly headers: Headers | Readonly<Record<string, string | readonly string[] | undefined>>;
}

export interface VerifyOptions {
  /** "whsec_..."; several while one is rotated. */
  readonly secret: string | readonly string[];
  /** How far its time may be from now, in seconds: 300 unless given. */
  readonly toleranceSeconds?: number | undefined;
}

/** A message that is not, or not provably, from DocuSnap: answer it with status 401. */
export class WebhookVerificationError extends Error {
  override readonly name = 'WebhookVerificationError';
}

/** As Standard Webhooks recommend. */
const TOLERANCE_SECONDS = 300;

/**
 * Proves that a message comes from DocuSnap and is new, and gives its event (https://www.standardwebhooks.com). Signatures are compared by WebCrypto, in a
 * time that tells nothing of them. The same event may come twice: `id` tells. Throws WebhookVerificationError.
 */
export async function verifyWebhook({ body, headers }: ReceivedWebhook, options: VerifyOptions): Promise<WebhookEvent> {
  const id = header(headers, 'webhook-id');
  const timestamp = header(headers, 'webhook-timestamp');
  const signatures = header(headers, 'webhook-signature')
    .split(' ')
    .filter((part) => part.startsWith('v1,'));
  const { secret, toleranceSeconds = TOLERANCE_SECONDS } = options;
  const age = Math.abs(Date.now() / 1_000 - Number(timestamp));
  if (!(age <= toleranceSeconds)) throw new WebhookVerificationError('Its time lies too far from now.');
  const bytes = typeof body === 'string' ? new TextEncoder().encode(body) : body;
  const signed = joined(new TextEncoder().encode(`${id}.${timestamp}.`), bytes);
  const keys = await Promise.all([secret].flat().map((one) => keyOf(one as string)));
  for (const key of keys) {
    for (const signature of signatures) {
      if (await crypto.subtle.verify('HMAC', key, bytesOf(signature.slice('v1,'.length)), signed)) {
        return JSON.parse(new TextDecoder().decode(bytes)) as WebhookEvent;
      }
    }
  }
  throw new WebhookVerificationError('None of its signatures is of this secret.');
}

function header(headers: ReceivedWebhook['headers'], name: string): string {
  const value = headers instanceof Headers ? headers.get(name) : headers[name];
  const text = Array.isArray(value) ? value[0] : value;
  if (typeof text !== 'string' || text === '') throw new WebhookVerificationError(`It has no header ${name}.`);
  return text;
}

function keyOf(secret: string): ReturnType<typeof crypto.subtle.importKey> {
  const bytes = bytesOf(secret.replace(/^whsec_/, ''));
  if (bytes.length === 0) throw new WebhookVerificationError('The secret is empty, or no base64.');
  return crypto.subtle.importKey('raw', bytes, { name: 'HMAC', hash: 'SHA-256' }, false, ['verify']);
}

/** Nothing for what is no base64, which no signature is. */
function bytesOf(base64: string): Uint8Array<ArrayBuffer> {
  try {
    return Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
  } catch {
    return new Uint8Array();
  }
}

function joined(a: Uint8Array, b: Uint8Array): Uint8Array<ArrayBuffer> {
  const whole = new Uint8Array(a.length + b.length);
  whole.set(a);
  whole.set(b, a.length);
  return whole;
}
