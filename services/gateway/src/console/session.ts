import { AppError, type SessionBody, SignInBody } from '@docusnap/contracts';
import {
  closeConsoleSession,
  findCaller,
  findSessionCaller,
  openConsoleSession,
  type SessionCaller,
  type SessionKey,
  spendConsoleLink,
} from '@docusnap/db';
import type { Request, Response } from 'express';
import { explain } from '../explain.ts';
import { clientAddress } from '../http/client-address.ts';
import { readJson } from '../json-body.ts';
import { hashApiKey } from '../keys/api-key.ts';
import type { Ports } from '../ports.ts';
import { notesOf } from '../request-log.ts';
import { clearSessionCookie, sessionTokenOf, setSessionCookie } from './cookie.ts';
import { refuseOtherOrigins } from './same-origin.ts';
import { hashToken, newToken } from './token.ts';

/** A session ends when nothing was done with it for half a day, and after a week in any case. */
const IDLE_SECONDS = 12 * 3_600;
const MOST_SECONDS = 7 * 86_400;
const BODY_BYTES = 4 * 1024;

/**
 * Who has the session that the browser's cookie names; null where no cookie came. What is asked by a cookie has to come from a page of ours.
 *
 * @throws AppError `unauthorized` where the session has ended, `origin_refused`
 */
export async function callerOfCookie(ports: Pick<Ports, 'db'>, request: Request): Promise<SessionCaller | null> {
  const token = sessionTokenOf(request);
  if (token === undefined) return null;
  refuseOtherOrigins(request);
  const hash = hashToken(token);
  const found = hash && (await findSessionCaller(ports.db, hash, { idleSeconds: IDLE_SECONDS }));
  if (!found) throw new AppError('unauthorized', 'The session of this browser has ended: sign in again.');
  return found;
}

/**
 * `GET /v1/console/session`: never 401, since a page that opens has to ask. It leaves the cookie alone: one that another tab has just been given
 * would go with the one that this request came with.
 */
export async function readSession(ports: Ports, request: Request, response: Response): Promise<void> {
  const token = sessionTokenOf(request);
  const hash = token === undefined ? undefined : hashToken(token);
  const found = hash ? await findSessionCaller(ports.db, hash, { idleSeconds: IDLE_SECONDS }) : null;
  if (found) notesOf(response).caller = found.caller;
  response.set('cache-control', 'no-store').json(sessionBody(found));
}

/** `POST /v1/console/session`: a key or the code of a link becomes a cookie. The session that the browser had ends. */
export async function signIn(ports: Ports, request: Request, response: Response): Promise<void> {
  refuseOtherOrigins(request);
  ports.signIns.take(clientAddress(request));
  const key = await keyOf(ports, await readSignIn(request, response));
  const token = newToken();
  const hash = hashToken(token)!;
  await openConsoleSession(ports.db, key, { hash, idleSeconds: IDLE_SECONDS, mostSeconds: MOST_SECONDS });
  const found = await findSessionCaller(ports.db, hash, { idleSeconds: IDLE_SECONDS });
  // A link may outlive its key.
  if (!found) throw new AppError('sign_in_link_spent');
  notesOf(response).caller = found.caller;
  await endSession(ports, request);
  setSessionCookie(request, response, token, MOST_SECONDS);
  response.status(201).set('cache-control', 'no-store').json(sessionBody(found));
}

/** `DELETE /v1/console/session`: also where there is none, or no longer. */
export async function signOut(ports: Ports, request: Request, response: Response): Promise<void> {
  refuseOtherOrigins(request);
  await endSession(ports, request);
  clearSessionCookie(request, response);
  // Pictures of pages, too: the next person at this browser is another one.
  response.set('clear-site-data', '"cache"').status(204).end();
}

async function endSession(ports: Ports, request: Request): Promise<void> {
  const hash = hashToken(sessionTokenOf(request) ?? '');
  if (hash) await closeConsoleSession(ports.db, hash);
}

async function readSignIn(request: Request, response: Response): Promise<SignInBody> {
  if (!request.is('application/json')) throw new AppError('unsupported_media_type', 'Send application/json.');
  const parsed = SignInBody.safeParse(await readJson(request, response, BODY_BYTES));
  if (!parsed.success) throw new AppError('bad_request', explain(parsed.error));
  return parsed.data;
}

async function keyOf({ db }: Ports, given: SignInBody): Promise<SessionKey> {
  if ('code' in given) {
    const hash = hashToken(given.code);
    const spent = hash && (await spendConsoleLink(db, hash));
    if (!spent) throw new AppError('sign_in_link_spent');
    return spent;
  }
  const hashed = hashApiKey(given.key.trim());
  const caller = hashed && (await findCaller(db, hashed.hash));
  if (!caller || caller.keyId === null) throw new AppError('sign_in_refused');
  return { tenantId: caller.tenantId, keyId: caller.keyId };
}

function sessionBody(found: SessionCaller | null): SessionBody {
  if (found === null) return { session: null };
  const { caller, keyName, keyPrefix, expiresAt } = found;
  return {
    session: {
      key_id: caller.keyId,
      tenant_id: caller.tenantId,
      name: keyName,
      prefix: keyPrefix,
      scopes: [...caller.scopes],
      expires_at: expiresAt.toISOString(),
    },
  };
}
