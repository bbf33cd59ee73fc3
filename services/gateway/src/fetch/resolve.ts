import { isIP } from 'node:net';
import { AppError } from '@docusnap/contracts';
import { type FetchPolicy, isOperators, mayConnect, type Target } from './policy.ts';

/**
 * All addresses of a host name, as a resolver gives them; rejects with its code where there are none. A foreign name is one that the operator did not
 * allow, so anybody's: its server may be silent on purpose.
 */
export type Lookup = (host: string, options?: { readonly isForeign: boolean }) => Promise<readonly string[]>;

/** The resolver's own trouble, as against its word that there is no such name. */
const PASSING: ReadonlySet<unknown> = new Set([
  'EAI_AGAIN',
  'ETIMEOUT',
  'ESERVFAIL',
  'EREFUSED',
  'ECONNREFUSED',
  'ECANCELLED',
  'EMFILE',
  'ENFILE',
]);

/**
 * The addresses of a host, each of which may be reached. A name that does not exist and one of an inner network are refused in the same words:
 * nobody learns here which names there are. Throws `url_refused`, `url_unreachable`.
 */
export async function resolveAllowed(
  { lookup, policy }: { readonly lookup: Lookup; readonly policy: FetchPolicy },
  target: Target,
): Promise<readonly string[]> {
  const addresses = isIP(target.host) ? [target.host] : await ask(lookup, target.name, !isOperators(policy, target));
  const allowed = addresses.length > 0 && addresses.every((address) => mayConnect(policy, target, address));
  if (!allowed) throw new AppError('url_refused');
  return addresses;
}

async function ask(lookup: Lookup, host: string, isForeign: boolean): Promise<readonly string[]> {
  try {
    return await lookup(host, { isForeign });
  } catch (cause) {
    const passing = PASSING.has((cause as NodeJS.ErrnoException).code);
    throw new AppError(passing ? 'url_unreachable' : 'url_refused', undefined, { cause });
  }
}
