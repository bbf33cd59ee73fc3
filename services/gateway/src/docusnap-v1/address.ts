import { isIPv6 } from 'node:net';
import type { Request } from 'express';
import { clientAddress } from '../http/client-address.ts';

/** Groups of 16 bits of an IPv6 address that name a network: its owner has all addresses in it. */
const NETWORK_GROUPS = 4;
const GROUPS = 8;

/** Whom a request comes from, as far as it is counted: an IPv4 address, or the network of an IPv6 one. */
export function addressOf(request: Pick<Request, 'ip' | 'socket'>): string {
  return networkOf(clientAddress(request));
}

export function networkOf(address: string): string {
  const [, mapped] = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address) ?? [];
  if (mapped !== undefined) return mapped;
  const [plain = ''] = address.split('%');
  if (!isIPv6(plain)) return plain;
  const [head = '', tail] = plain.toLowerCase().split('::');
  const first = groupsOf(head);
  const last = groupsOf(tail ?? '');
  const zeros = tail === undefined ? 0 : GROUPS - first.length - last.length;
  const groups = [...first, ...Array.from({ length: zeros }, () => '0'), ...last];
  return `${groups.slice(0, NETWORK_GROUPS).join(':')}::/64`;
}

function groupsOf(text: string): string[] {
  return text === '' ? [] : text.split(':').map((group) => group.replace(/^0+(?=.)/, ''));
}
