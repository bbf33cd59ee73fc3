import type { Request, Response } from 'express';
import type { Ports } from '../ports.ts';
import { notesOf } from '../request-log.ts';
import { pathPart, type Route } from '../route.ts';

/**
 * Has an entry made of the request when it has ended: of every call that may change something, and of those that were refused for who called.
 * Nothing of a body, a query or a header is in it. Clients of DocuSnap v1 have no identity, and leave no entries.
 *
 * @returns to be called when nothing more is done for the request: a client may be gone long before it is known who it was
 */
export function auditRequest(
  { audit }: Pick<Ports, 'audit'>,
  route: Route,
  request: Request,
  response: Response,
): () => void {
  if (route.scope === null && !route.isAudited) return () => undefined;
  const asked = pathPart(request, 'id');
  const note = (): void => {
    const status = response.writableFinished ? response.statusCode : 499;
    if (status !== 401 && status !== 403 && route.method === 'get') return;
    const { id, caller, client } = notesOf(response);
    // Anybody may send as many of these as they like.
    const isAddedUp = caller === null || status === 429;
    const entry = {
      at: new Date(),
      tenantId: caller?.tenantId ?? null,
      keyId: caller?.keyId ?? null,
      subject: caller?.subject ?? null,
      action: `${route.method.toUpperCase()} ${route.path}`,
      // What somebody unknown wrote into an address is nobody's id.
      target: isAddedUp ? null : UUID.test(asked) ? asked.toLowerCase() : madeId(response),
      status,
      requestId: id,
      address: client || null,
    };
    if (isAddedUp) audit.noteRefusal(entry);
    else audit.note(entry);
  };
  let under = 2;
  const ended = (): void => {
    under -= 1;
    if (under === 0) note();
  };
  response.on('close', ended);
  return ended;
}

const UUID = /^[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}$/i;

/** Of what the call made: the end of its Location. */
function madeId(response: Response): string | null {
  const made =
    String(response.get('location') ?? '')
      .split('/')
      .at(-1) ?? '';
  return UUID.test(made) ? made : null;
}
