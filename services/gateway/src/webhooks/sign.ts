import { createHmac } from 'node:crypto';

/** What is signed, as Standard Webhooks have it (standardwebhooks.com). */
export interface SignedMessage {
  /** The same at each attempt, so that a receiver knows what it had before. */
  readonly id: string;
  /** Of this attempt: receivers refuse what is more than minutes old. */
  readonly at: Date;
  readonly body: string;
}

/** The three headers that prove where a message comes from; a signature for each secret, while one is rotated. */
export function signatureHeaders({ id, at, body }: SignedMessage, secrets: readonly Buffer[]): Record<string, string> {
  const timestamp = String(Math.floor(at.getTime() / 1_000));
  const signatures = secrets.map((secret) => {
    const hmac = createHmac('sha256', secret).update(`${id}.${timestamp}.${body}`);
    return `v1,${hmac.digest('base64')}`;
  });
  return { 'webhook-id': id, 'webhook-timestamp': timestamp, 'webhook-signature': signatures.join(' ') };
}
