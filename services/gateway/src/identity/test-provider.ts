import { randomUUID } from 'node:crypto';
import { createServer } from 'node:http';
import { freePort } from '@docusnap/testing';
import { exportJWK, generateKeyPair, type JWK, type JWTPayload, SignJWT } from 'jose';

// An identity provider for tests: real keys, real signatures, a real server of its JWK set.

export const ISSUER = 'https://id.example/';
export const AUDIENCE = 'docusnap';

export interface Signer {
  readonly kid: string;
  /** A token with these claims, good for five minutes unless they say otherwise. */
  sign(claims: JWTPayload, header?: { alg?: string; kid?: string }): Promise<string>;
  readonly jwk: JWK;
}

export async function newSigner(alg: 'RS256' | 'ES256' | 'EdDSA'): Promise<Signer> {
  const { privateKey, publicKey } = await generateKeyPair(alg, { extractable: true });
  const kid = randomUUID();
  return {
    kid,
    jwk: { ...(await exportJWK(publicKey)), kid, alg, use: 'sig' },
    sign: (claims, header = {}) =>
      new SignJWT({ iss: ISSUER, aud: AUDIENCE, exp: Math.floor(Date.now() / 1_000) + 300, ...claims })
        .setProtectedHeader({ alg, kid, ...header })
        .sign(privateKey),
  };
}

export interface TestProvider {
  readonly url: URL;
  /** How often its keys were asked for. */
  asked(): number;
  /** From now on these are its keys. */
  publish(...signers: readonly Signer[]): void;
  /** It can no longer be reached, or again. */
  stop(): Promise<void>;
  start(): Promise<void>;
}

export async function startTestProvider(...signers: readonly Signer[]): Promise<TestProvider> {
  const port = await freePort();
  let keys = signers.map(({ jwk }) => jwk);
  let asked = 0;
  const open = () => {
    const server = createServer((_request, response) => {
      asked += 1;
      response.setHeader('content-type', 'application/json').end(JSON.stringify({ keys }));
    });
    return server;
  };
  let server = open();
  const provider: TestProvider = {
    url: new URL(`http://127.0.0.1:${port}/keys`),
    asked: () => asked,
    publish: (...others) => {
      keys = others.map(({ jwk }) => jwk);
    },
    stop: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
    start: async () => {
      server = open();
      await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
    },
  };
  await provider.start();
  return provider;
}
