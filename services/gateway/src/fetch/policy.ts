import { BlockList, isIP } from 'node:net';
import { isInternalAddress, isPublicAddress } from './public-address.ts';

/** Which hosts may be reached. Deny wins over everything else. */
export interface FetchPolicy {
  /** Whether hosts of the public internet may be, on port 443 by https. */
  readonly publicHosts: boolean;
  readonly allow: readonly AllowRule[];
  readonly deny: readonly HostRule[];
}

/** A host name, all names below one (`.example.com`), or a range of addresses. */
export type HostRule =
  | { readonly kind: 'name'; readonly name: string }
  | { readonly kind: 'suffix'; readonly suffix: string }
  | { readonly kind: 'range'; readonly range: BlockList };

/** What else may be reached: a host at one port, by https unless it says http. */
export interface AllowRule {
  readonly scheme: 'https:' | 'http:';
  readonly port: number;
  readonly host: HostRule;
}

/** A list that cannot be used; the message says which entry and why. */
export class FetchRuleError extends Error {
  override readonly name = 'FetchRuleError';
}

export const PUBLIC_ONLY: FetchPolicy = { publicHosts: true, allow: [], deny: [] };

export const DEFAULT_PORTS = { 'https:': 443, 'http:': 80 } as const;
const ALLOW_ENTRY = /^(https?:\/\/)?(\[[^\]]*\](?:\/\d+)?|[^[\]:]+)(?::(\d{1,5}))?$/;
const NAME = /^\.?[a-z0-9_](?:[a-z0-9_.-]*[a-z0-9_])?$/;

/** Entries `[http://]HOST[:PORT]`, separated by commas; HOST is a name, `.suffix`, address or range; IPv6 stands in brackets. Throws FetchRuleError. */
export function parseAllow(text: string): AllowRule[] {
  return entriesOf(text).map((entry) => {
    const [, scheme, host = '', port] = ALLOW_ENTRY.exec(entry) ?? [];
    if (host === '') throw new FetchRuleError(`"${entry}" is not of the form [http://]HOST[:PORT]`);
    const protocol = scheme === 'http://' ? 'http:' : 'https:';
    const number = port === undefined ? DEFAULT_PORTS[protocol] : Number(port);
    if (number < 1 || number > 65_535) throw new FetchRuleError(`"${entry}" names no port`);
    return { scheme: protocol, port: number, host: hostRule(host) };
  });
}

/** Entries HOST, separated by commas: names, `.suffixes`, addresses and ranges, at all ports. Throws FetchRuleError. */
export function parseDeny(text: string): HostRule[] {
  return entriesOf(text).map(hostRule);
}

function entriesOf(text: string): string[] {
  return text
    .split(',')
    .map((entry) => entry.trim().toLowerCase())
    .filter((entry) => entry !== '');
}

function hostRule(text: string): HostRule {
  const [address = '', bits, ...rest] = text.replace(/^\[([^\]]*)\]/, '$1').split('/');
  const family = isIP(address);
  if (family !== 0 && rest.length === 0) return { kind: 'range', range: rangeOf(text, address, family, bits) };
  if (bits !== undefined || !NAME.test(text)) throw new FetchRuleError(`"${text}" is no host name, address or range`);
  return text.startsWith('.') ? { kind: 'suffix', suffix: text } : { kind: 'name', name: text };
}

function rangeOf(text: string, address: string, family: number, bits: string | undefined): BlockList {
  const most = family === 4 ? 32 : 128;
  const length = bits === undefined ? most : Number(bits);
  if (bits === '' || !Number.isInteger(length) || length < 0 || length > most) {
    throw new FetchRuleError(`"${text}" is no range of addresses`);
  }
  const range = new BlockList();
  range.addSubnet(address, length, family === 4 ? 'ipv4' : 'ipv6');
  return range;
}

/** What is asked for: a scheme and port of a host. */
export interface Target {
  readonly scheme: 'https:' | 'http:';
  readonly port: number;
  /** Lower case, without brackets and final dot. */
  readonly host: string;
  /** As it is resolved: a final dot keeps a resolver from trying the name in domains of its own. */
  readonly name: string;
}

/** Whether anything at this target may be reached at all, before its addresses are known: who is refused here is not even resolved. */
export function mayAsk(policy: FetchPolicy, target: Target): boolean {
  if (policy.deny.some((rule) => fitsName(rule, target.host))) return false;
  if (isIP(target.host)) return mayConnect(policy, target, target.host);
  const ofPublic = policy.publicHosts && target.scheme === 'https:' && target.port === DEFAULT_PORTS['https:'];
  return ofPublic || isOperators(policy, target);
}

/** Whether the operator may have meant this target when allowing what else may be reached; for a range that is known with its addresses. */
export function isOperators({ allow }: FetchPolicy, target: Target): boolean {
  return allow.some((rule) => atPort(rule, target) && (rule.host.kind === 'range' || fitsName(rule.host, target.host)));
}

/** Whether a connection to this address may be made for the target. */
export function mayConnect(policy: FetchPolicy, target: Target, address: string): boolean {
  if (isIP(address) === 0 || policy.deny.some((rule) => inRange(rule, address))) return false;
  if (policy.allow.some((rule) => atPort(rule, target) && opens(rule.host, target.host, address))) return true;
  const { scheme, port } = target;
  return policy.publicHosts && scheme === 'https:' && port === DEFAULT_PORTS['https:'] && isPublicAddress(address);
}

/**
 * A name opens public and private addresses, but never the link-local ones, where clouds tell machines their credentials, nor what is no
 * host at all: for those the operator has to write the address itself.
 */
function opens(rule: HostRule, host: string, address: string): boolean {
  if (rule.kind === 'range') return inRange(rule, address);
  return fitsName(rule, host) && (isPublicAddress(address) || isInternalAddress(address));
}

function atPort(rule: AllowRule, { scheme, port }: Target): boolean {
  return rule.scheme === scheme && rule.port === port;
}

function fitsName(rule: HostRule, host: string): boolean {
  if (rule.kind === 'name') return host === rule.name;
  return rule.kind === 'suffix' && host.endsWith(rule.suffix);
}

/** Whether an address lies in the range; a mapped one (`::ffff:10.0.0.1`) lies in that of the IPv4 address it carries, too. */
function inRange(rule: HostRule, address: string): boolean {
  return rule.kind === 'range' && rule.range.check(address, isIP(address) === 4 ? 'ipv4' : 'ipv6');
}
