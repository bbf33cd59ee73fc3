import type { Request, Response } from 'express';
import { z } from 'zod';
import type { Ports } from '../ports.ts';
import { type BodyDoc, publicRoute, type Route } from '../route.ts';
import { clear } from './clear.ts';
import type { DocuSnapV1 } from './docusnap-v1.ts';
import { trialPage } from './page/page.ts';
import { processTask } from './process.ts';

const json = (description: string, schema: z.ZodType): BodyDoc => ({
  description,
  content: { 'application/json': schema },
});

const ProcessBody = z.object({
  client_id: z.string().describe('A UUID of the client; whoever knows it sees its results.'),
  type: z.enum(['doc', 'form', 'fill']),
  SHA256: z.string().describe('Of the UTF-8 bytes of content, lower-case hex.'),
  has_content: z.boolean().describe('true submits, false only polls.'),
  content: z
    .string()
    .optional()
    .describe(
      'base64(IV, AES-256-CBC of {"to_process", "file_lib"}); with alg A256GCM base64(IV of 12 bytes, ciphertext, tag).',
    ),
  aes_key: z.string().optional().describe('base64(RSA-OAEP, SHA-256, of the 32 bytes of the AES key).'),
  alg: z
    .enum(['A256CBC', 'A256GCM'])
    .optional()
    .describe(
      'A256CBC unless given. With A256GCM "client_id:type" is authenticated with the content, and "client_id:type:SHA256" with the result.',
    ),
  kid: z.string().optional().describe('Which key of /v1/encryption-keys aes_key is under; all are tried unless given.'),
});

const Processing = z.object({ status: z.literal('processing') });
const Completed = z.object({ status: z.literal('completed'), result: z.string() });
const Failed = z.object({ status: z.literal('error'), error_detail: z.string() });
const Unavailable = z.object({ status: z.literal('unavailable') });
const ClearBody = z.object({ client_id: z.string(), type: z.string().optional(), SHA256: z.string().optional() });
const ClearFailed = z.object({ error: z.string() });
const Keys = z.object({
  keys: z.array(
    z.object({
      kty: z.literal('RSA'),
      n: z.string(),
      e: z.string(),
      use: z.literal('enc'),
      alg: z.literal('RSA-OAEP-256'),
      kid: z.string(),
    }),
  ),
});

/** Seconds for which clients may keep the public keys: a new one is to be seen soon. */
const KEYS_SECONDS = 300;

/** The DocuSnap v1 protocol, which knows no API keys, and the keys that its clients encrypt with. */
export function docuSnapV1Routes(v1: DocuSnapV1): readonly Route[] {
  return [
    publicRoute({
      method: 'post',
      path: '/api/v1/process',
      summary: 'DocuSnap v1: submit, and poll',
      body: json('Encrypted by the client.', ProcessBody),
      answers: {
        200: json('It has ended; the result is under the AES key that was sent.', Completed),
        202: json('Accepted, or still at work.', Processing),
        400: json('It cannot be done, and asking again does not help.', Failed),
        503: json('Not just now; Retry-After says when.', Unavailable),
      },
      errors: [],
      handler: (ports, request, response) => processTask(ports, v1, request, response),
    }),
    publicRoute({
      method: 'post',
      path: '/api/v1/clear',
      summary: 'DocuSnap v1: drop one result (type and SHA256), or all of a client',
      body: json('Whose.', ClearBody),
      answers: {
        200: json('Dropped.', z.object({ status: z.literal('ok') })),
        400: json('No client_id.', ClearFailed),
        500: json('It failed, and may be tried again.', ClearFailed),
        503: json('Asked too often; Retry-After says when.', ClearFailed),
      },
      errors: [],
      handler: (ports, request, response) => clear(ports, v1, request, response),
    }),
    statusRoute('/api/v1/check_status'),
    statusRoute('/check_status'),
    pageRoute(v1),
    publicRoute({
      method: 'get',
      path: '/v1/encryption-keys',
      summary: 'The public keys of DocuSnap v1, the one to use first',
      answers: { 200: json('A JWK set.', Keys) },
      errors: [],
      handler: async (_ports, _request, response) => {
        response.set('cache-control', `public, max-age=${KEYS_SECONDS}`);
        response.json({ keys: v1.keys.map(({ publicJwk }) => publicJwk) });
      },
    }),
  ];
}

function statusRoute(path: string): Route {
  return publicRoute({
    method: 'get',
    path,
    summary: 'DocuSnap v1: whether it answers',
    answers: { 200: json('It does.', z.object({ server_status: z.literal('ok') })) },
    errors: [],
    handler: async (_ports, _request, response) =>
      void response.set('cache-control', 'no-store').json({ server_status: 'ok' }),
  });
}

function pageRoute({ keys }: DocuSnapV1): Route {
  const { html, policy } = trialPage(keys[0]);
  return publicRoute({
    method: 'get',
    path: '/api/v1/',
    summary: 'DocuSnap v1: a page to try it in a browser, with the public key',
    answers: { 200: { description: 'The page.', content: { 'text/html': null } } },
    errors: [],
    handler: async (_ports: Ports, request: Request, response: Response) => {
      // Its script finds the calls beside it.
      if (!request.path.endsWith('/')) response.redirect(308, 'v1/');
      else response.set({ 'content-security-policy': policy, 'cache-control': 'no-cache' }).type('html').send(html);
    },
  });
}
