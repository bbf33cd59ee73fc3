import { isIP } from 'node:net';
import { AppError } from '@docusnap/contracts';
import { type FetchPolicy, mayConnect, type Target } from './policy.ts';

/** All addresses of a host name, as the system's resolver gives them; rejects with its code where there are none. */
export type Lookup = (host: string) => Promise<readonly string[]>;

/** The resolver's own trouble, as against its word that there is no such name. */
const PASSING: ReadonlySet<unknown> = new Set(['EAI_AGAIN', 'ETIMEOUT', 'ESERVFAIL', 'EMFILE', 'ENFILE']);

/**
 * The addresses of a host, each of which may be reached. A name that does not exist and one of an inner network are refused in the same words:
 * nobody learns here which names there are. Throws `url_refused`, `url_unreachable`.
 */
export async function resolveAllowed(
  { lookup, policy }: { readonly lookup: Lookup; readonly policy: FetchPolicy },
  target: Target,
): Promise<readonly string[]> {
  const addresses = isIP(target.host) ? [target.host] : await ask(lookup, target.name);
  const allowed = addresses.length > 0 && addresses.every((address) => mayConnect(policy, target, address));
  if (!allowed) throw new AppError('url_refused');
  return addresses;
}

async function ask(lookup: Lookup, host: string): Promise<readonly string[]> {
  try {
    return await lookup(host);
  } catch (cause) {
    const passing = PASSING.has((cause as NodeJS.ErrnoException).code);
    throw new AppError(passing ? 'url_unreachable' : 'url_refused', undefined, { cause });
  }
}
