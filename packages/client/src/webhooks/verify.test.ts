import { expect, test } from '@jest/globals';
import { signatureHeaders } from '../../../../services/gateway/src/webhooks/sign.ts';
import { verifyWebhook, WebhookVerificationError } from './verify.ts';

const SECRET = Buffer.alloc(32, 7);
const secret = `whsec_${SECRET.toString('base64')}`;
const body = JSON.stringify({
  id: 'e1',
  type: 'webhook.ping',
  timestamp: '2026-01-01T00:00:00Z',
  data: { webhook_id: 'ü' },
});
const signed = (at = new Date(), secrets = [SECRET]) => signatureHeaders({ id: 'e1', at, body }, secrets);

test('what the gateway signs is its event, with headers of either kind and a body of either kind', async () => {
  for (const headers of [signed(), new Headers(signed())]) {
    expect(await verifyWebhook({ body, headers }, { secret })).toMatchObject({ id: 'e1', type: 'webhook.ping' });
  }
  const bytes = new TextEncoder().encode(body);
  expect((await verifyWebhook({ body: bytes, headers: signed() }, { secret })).id).toBe('e1');
});

test('while a secret is rotated either one proves it', async () => {
  const other = Buffer.alloc(24, 1);
  const headers = signed(new Date(), [SECRET, other]);
  expect((await verifyWebhook({ body, headers }, { secret: `whsec_${other.toString('base64')}` })).id).toBe('e1');
  expect((await verifyWebhook({ body, headers: signed() }, { secret: ['whsec_AAAA', secret] })).id).toBe('e1');
});

test.each([
  ['another body', { body: `${body} `, headers: signed() }],
  ['an old message', { body, headers: signed(new Date(Date.now() - 3_600_000)) }],
  ['a message from the future', { body, headers: signed(new Date(Date.now() + 3_600_000)) }],
  ['another id', { body, headers: { ...signed(), 'webhook-id': 'e2' } }],
  ['a signature that is no base64', { body, headers: { ...signed(), 'webhook-signature': 'v1,%%%' } }],
  ['no time', { body, headers: { ...signed(), 'webhook-timestamp': 'x' } }],
  ['no headers', { body, headers: {} }],
])('%s is refused', async (_name, received) => {
  await expect(verifyWebhook(received, { secret })).rejects.toBeInstanceOf(WebhookVerificationError);
});
