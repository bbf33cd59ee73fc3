import type { Request, Response } from 'express';
import { clientAddress } from '../http/client-address.ts';
import type { Ports } from '../ports.ts';
import { notesOf } from '../request-log.ts';
import { pathPart, type Route } from '../route.ts';

/**
 * Has an entry made of the request when it has ended: of every call that may change something, and of those that were refused for who called.
 * Nothing of a body, a query or a header is in it. Clients of DocuSnap v1 have no identity, and leave no entries.
 */
export function auditRequest(
  { audit }: Pick<Ports, 'audit'>,
  route: Route,
  request: Request,
  response: Response,
): void {
  if (route.scope === null) return;
  // Taken now: a connection that is gone no longer has one.
  const address = clientAddress(request) || null;
  const asked = pathPart(request, 'id');
  response.on('close', () => {
    const status = response.writableFinished ? response.statusCode : 499;
    const isRefused = status === 401;
    if (!isRefused && status !== 403 && route.method === 'get') return;
    const { id, caller } = notesOf(response);
    const entry = {
      at: new Date(),
      tenantId: caller?.tenantId ?? null,
      keyId: caller?.keyId ?? null,
      subject: caller?.subject ?? null,
      action: `${route.method.toUpperCase()} ${route.path}`,
      // What somebody unknown wrote into an address is nobody's id.
      target: isRefused ? null : UUID.test(asked) ? asked.toLowerCase() : madeId(response),
      status,
      requestId: id,
      address,
    };
    if (isRefused) audit.noteRefusal(entry);
    else audit.note(entry);
  });
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
