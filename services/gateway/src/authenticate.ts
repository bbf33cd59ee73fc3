import { AppError, type Caller, type Scope } from '@docusnap/contracts';
import { findCaller } from '@docusnap/db';
import type { Request } from 'express';
import { callerOfCookie } from './console/session.ts';
import { hashApiKey } from './keys/api-key.ts';
import type { Ports } from './ports.ts';

/**
 * Who is calling, by `Authorization: Bearer KEY` or, where an identity provider is configured, `Bearer JWT`; without that header, by the
 * console's cookie. All are looked up each time, so that a revoked key, or a tenant that is gone, is refused at once by every replica.
 *
 * @throws AppError `unauthorized` for what is missing, malformed, unknown, expired or revoked, one answer for all of these;
 *   `identity_unavailable` where a token cannot be checked; `origin_refused` for a cookie that a page of another origin had sent
 */
export async function recognise(ports: Pick<Ports, 'db' | 'tokens'>, request: Request): Promise<Caller> {
  const { authorization } = request.headers;
  if (authorization === undefined) {
    const session = await callerOfCookie(ports, request);
    if (session) return session.caller;
  }
  const [, sent] = /^Bearer +(\S+)$/i.exec(authorization ?? '') ?? [];
  const hashed = sent === undefined ? undefined : hashApiKey(sent);
  const caller = hashed
    ? await findCaller(ports.db, hashed.hash)
    : sent !== undefined && (await ports.tokens?.callerOf(sent));
  if (!caller) throw new AppError('unauthorized');
  return caller;
}

/** Throws `too_many_requests`, `tenant_suspended`, `forbidden` for a caller without the scope. */
export async function admit(
  { requestLimits }: Pick<Ports, 'requestLimits'>,
  caller: Caller,
  scope: Scope,
): Promise<void> {
  // First, so that what is refused counts as well: each refusal costs a look at the key, and a line in the audit log.
  await requestLimits.take(caller);
  // Or an operator who suspended the tenant of their own key could never lift that.
  if (caller.suspended && scope !== 'operator') throw new AppError('tenant_suspended');
  if (!caller.scopes.includes(scope)) throw new AppError('forbidden', `It needs the scope "${scope}".`);
}
