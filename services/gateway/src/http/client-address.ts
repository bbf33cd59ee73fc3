import { isIP } from 'node:net';
import type { Request } from 'express';

/**
 * The address of the client, which behind trusted proxies is the one that they forward. What a proxy passes on without being an address
 * counts as the proxy itself; empty once the connection is gone.
 */
export function clientAddress(request: Pick<Request, 'ip' | 'socket'>): string {
  const forwarded = withoutZone(request.ip);
  return isIP(forwarded) === 0 ? withoutZone(request.socket.remoteAddress) : forwarded;
}

/** `fe80::1%eth0` is an address on one of this machine's networks. */
function withoutZone(address: string | undefined): string {
  return (address ?? '').split('%')[0]!;
}

const NAMED_NETWORKS: readonly string[] = ['loopback', 'linklocal', 'uniquelocal'];
const MOST_BITS = { 4: 32, 6: 128 } as const;

/** Whether a text names a network as Express takes it: an address, a CIDR such as 10.0.0.0/8, or `loopback`, `linklocal`, `uniquelocal`. */
export function isNetwork(text: string): boolean {
  if (NAMED_NETWORKS.includes(text)) return true;
  const [, address = '', bits] = /^([^/]+)(?:\/(\d{1,3}))?$/.exec(text) ?? [];
  const family = isIP(address);
  return (family === 4 || family === 6) && Number(bits ?? 0) <= MOST_BITS[family];
}
