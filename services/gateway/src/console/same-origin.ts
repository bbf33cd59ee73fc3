import { AppError } from '@docusnap/contracts';
import type { Request } from 'express';

const READS: readonly string[] = ['GET', 'HEAD'];

/**
 * Refuses what a page of another origin has a browser ask: SameSite=Strict keeps the cookie from other sites, but a neighbour on another port or
 * below the same domain is of the same site. Writes name their origin; reads say where they come from in browsers that send Sec-Fetch-Site, and
 * what they answer no other page can read.
 *
 * @throws AppError `origin_refused`
 */
export function refuseOtherOrigins(request: Request): void {
  const isRead = READS.includes(request.method);
  const site = request.get('sec-fetch-site');
  // "none": somebody typed the address, or opened a bookmark.
  if (site !== undefined && site !== 'same-origin' && !(isRead && site === 'none'))
    throw new AppError('origin_refused');
  if (isRead) return;
  const own = ownOrigin(request);
  if (request.get('origin') !== own) {
    throw new AppError(
      'origin_refused',
      `The header Origin has to be ${own}. A proxy before this server has to pass on Host, and TRUSTED_PROXIES to name the proxy.`,
    );
  }
}

/** As the browser sees this server: scheme, host and port, as trusted proxies tell them. */
function ownOrigin({ protocol, host }: Request): string {
  return URL.parse(`${protocol}://${host}`)?.origin ?? `${protocol}://`;
}
