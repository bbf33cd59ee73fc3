import { AppError, type Caller, type Scope } from '@docusnap/contracts';
import { findCaller } from '@docusnap/db';
import type { Request } from 'express';
import { hashApiKey } from './keys/api-key.ts';
import type { Ports } from './ports.ts';

/**
 * Who is calling, by `Authorization: Bearer KEY`. Keys are looked up each time, so that a revoked one is refused at once by every replica.
 * Throws `unauthorized` for a key that is missing, malformed, unknown, expired or revoked, `forbidden` when it lacks the scope.
 */
export async function authenticate(ports: Ports, request: Request, scope: Scope): Promise<Caller> {
  const [, key] = /^Bearer +(\S+)$/i.exec(request.get('authorization') ?? '') ?? [];
  const hashed = key === undefined ? undefined : hashApiKey(key);
  const caller = hashed && (await findCaller(ports.db, hashed.hash));
  if (!caller) throw new AppError('unauthorized');
  if (!caller.scopes.includes(scope)) throw new AppError('forbidden', `It needs the scope "${scope}".`);
  return caller;
}
