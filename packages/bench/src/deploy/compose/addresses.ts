import type { Zones } from '../kubernetes/zones.ts';
import { type Compose, componentOf, type Service } from './model.ts';

/**
 * Whether addresses that services are told, in variables and in the secrets that deploy/compose/init makes, are those of services, at ports that
 * deploy/zones.json gives them, and whether that flow is allowed.
 */
export function addressFaults(
  model: Compose,
  zones: Zones,
  /** What each secret holds, by the name that compose gives it. */
  secrets: Readonly<Record<string, string>>,
): string[] {
  return Object.entries(model.services).flatMap(([name, service]) => {
    const told = [
      ...Object.values(service.environment).map((value) => value ?? ''),
      ...service.secrets.map((secret) => secrets[secret] ?? ''),
    ];
    return told
      .flatMap(addressesIn)
      .flatMap((address) => faultOf(service, address, { model, zones }).map((fault) => `${name}: ${fault}`));
  });
}

interface Address {
  readonly host: string;
  readonly port: number;
}

/** Of URLs, which may name several hosts as Redis' and PostgreSQL's may, and of bare HOST:PORT. */
export function addressesIn(text: string): Address[] {
  const url = /^[a-z0-9+]+:\/\/(?:[^@/]*@)?([^/?]+)/.exec(text);
  const hosts = url ? (url[1] as string) : /^[a-z0-9-]+:\d+( [a-z0-9-]+:\d+)*$/.test(text) ? text : '';
  return hosts
    .split(/[ ,]/)
    .map((one) => /^([a-z0-9.-]+):(\d+)$/.exec(one))
    .flatMap((match) => (match ? [{ host: match[1] as string, port: Number(match[2]) }] : []));
}

function faultOf(
  service: Service,
  { host, port }: Address,
  { model, zones }: { model: Compose; zones: Zones },
): string[] {
  if (host === '127.0.0.1') return [];
  const called = model.services[host];
  if (called === undefined) return [`it is told of ${host}:${port}, and there is no such service`];
  const component = componentOf(called) ?? '';
  const [portName] =
    Object.entries(zones.components[component]?.ports ?? {}).find(([, number]) => number === port) ?? [];
  if (portName === undefined)
    return [`it is told of ${host}:${port}, which is no port of ${component} in deploy/zones.json`];
  const own = componentOf(service);
  const isAllowed = zones.flows.some(
    ({ from, to, ports }) => from === own && to === component && ports.includes(portName),
  );
  return isAllowed ? [] : [`it is told of ${host}:${port}, but ${own} may not call ${component} there`];
}
