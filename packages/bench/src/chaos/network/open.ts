import { openNamespaces } from './namespaces.ts';
import type { Network } from './network.ts';
import { openProxies } from './proxies.ts';

/** Network namespaces where this machine lets us have them, else proxies, with the reason. */
export async function openNetwork(): Promise<{ network: Network; why: string | null }> {
  if (process.platform !== 'linux' || process.getuid?.() !== 0) {
    return { network: openProxies(), why: 'network namespaces need root on Linux' };
  }
  try {
    return { network: await openNamespaces(), why: null };
  } catch (error) {
    // No iproute2, no util-linux, or a container that may not: the reason is told, and proxies do.
    return { network: openProxies(), why: error instanceof Error ? error.message.trim() : String(error) };
  }
}
