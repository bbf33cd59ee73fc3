import { AppError } from '@docusnap/contracts';
import { makeConsoleLink } from '@docusnap/db';
import type { Ports } from '../ports.ts';
import type { Call } from '../route.ts';
import { hashToken, newToken } from './token.ts';

const LINK_SECONDS = 15 * 60;

/** `POST /v1/console/links`: signs in as the key that asks, once. */
export async function makeLink(ports: Ports, { response, caller }: Call<object>): Promise<void> {
  // What an identity provider vouches for, it can also stop vouching for; a session could not know.
  if (caller.keyId === null) throw new AppError('forbidden', 'Links are made by API keys, not by tokens.');
  const code = newToken();
  const key = { tenantId: caller.tenantId, keyId: caller.keyId };
  const expiresAt = await makeConsoleLink(ports.db, key, { hash: hashToken(code)!, seconds: LINK_SECONDS });
  response.status(201).set('cache-control', 'no-store');
  // In the fragment, which browsers send to nobody: so it is in no log, and nothing that looks at links ahead of the reader uses it up.
  response.json({ path: `/#/sign-in/${code}`, expires_at: expiresAt.toISOString() });
}
