import { Resolver } from 'node:dns/promises';

/** For the first answer of one name server, in milliseconds; each further time it is waited longer. */
const TIMEOUT_MS = 1_500;
const TRIES = 2;
/** In all, however many name servers there are. */
const MOST_MS = 5_000;

/**
 * The addresses of a name of the public internet, asked of the system's name servers over the network. The system's own resolver is not used: it holds
 * one of few threads until it has an answer, and names whose server is silent would keep all others from being resolved. Hosts files and search
 * domains are not looked at. Rejects with the resolver's code.
 */
export async function askNameServers(
  name: string,
  { servers, timeout = TIMEOUT_MS }: { readonly servers?: readonly string[]; readonly timeout?: number } = {},
): Promise<readonly string[]> {
  // One for each name: it knows the name servers that the system has now.
  const resolver = new Resolver({ timeout, tries: TRIES });
  if (servers) resolver.setServers(servers);
  const timer = setTimeout(() => resolver.cancel(), MOST_MS);
  const asked = await Promise.allSettled([resolver.resolve4(name), resolver.resolve6(name)]);
  clearTimeout(timer);
  const found = asked.flatMap((one) => (one.status === 'fulfilled' ? one.value : []));
  if (found.length > 0) return found;
  const reasons = asked.flatMap((one) => (one.status === 'rejected' ? [one.reason as NodeJS.ErrnoException] : []));
  // That there are no addresses is only known where both were answered.
  throw reasons.find(({ code }) => code !== 'ENODATA' && code !== 'ENOTFOUND') ?? reasons[0];
}
