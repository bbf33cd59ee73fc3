import { AppError, type Caller } from '@docusnap/contracts';
import { refuseIfFull } from '@docusnap/db';
import type { Request, Response } from 'express';
import type { Ports } from '../ports.ts';
import { type Route, takesFiles } from '../route.ts';
import { FORM_BYTES } from '../submit/multipart.ts';
import { isLarge } from './pressure.ts';

/**
 * Refuses a body before it is received where there is no room for it here, or for its job in the queue. A small one is received all the same, and
 * asked for room in the queue when its job is stored, as every job is. One with an Idempotency-Key is not refused for a full queue here: what was
 * carried out before is answered as it was then. Where bytes, memory or the disk are short it is told to come again; what is announced to be longer
 * than any may be is `job_too_large`, and takes no room from others.
 */
export async function makeRoom(
  ports: Pick<Ports, 'db' | 'limits' | 'pressure'>,
  route: Route,
  request: Request,
  response: Response,
  caller: Caller,
): Promise<void> {
  const storesFiles = takesFiles(route);
  if (storesFiles) refuseIfAnnouncedTooLarge(ports, request);
  await ports.pressure.admit(request, response, { storesFiles, tenantId: caller.tenantId });
  if (storesFiles && isLarge(request) && request.get('idempotency-key') === undefined) {
    await refuseIfFull(ports.db, caller);
  }
}

function refuseIfAnnouncedTooLarge({ limits }: Pick<Ports, 'limits'>, { headers }: Request): void {
  if (Number(headers['content-length'] ?? 0) > limits.documentBytes + FORM_BYTES) {
    throw new AppError('job_too_large', `The limit is ${limits.documentBytes} bytes.`);
  }
}
