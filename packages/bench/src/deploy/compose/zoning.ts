import { OUTSIDE, type Zones } from '../kubernetes/zones.ts';
import { type Compose, componentOf, type Service } from './model.ts';

/** Networks that lead outside this machine; all others are internal. */
const OPEN_NETWORKS = ['edge', 'outside', 'desk'];

/** Whether the networks let through what deploy/zones.json allows, and between zones nothing else. */
export function zoneFaults(model: Compose, zones: Zones): string[] {
  return [
    ...labelFaults(model, zones),
    ...networkFaults(model),
    ...missingWays(model, zones),
    ...forbiddenWays(model, zones),
    ...publishFaults(model, zones),
  ];
}

/** Services of a component. */
export function servicesOf({ services }: Compose, component: string): [string, Service][] {
  return Object.entries(services).filter(([, service]) => componentOf(service) === component);
}

function labelFaults({ services }: Compose, zones: Zones): string[] {
  const unknown = Object.entries(services).filter(([, service]) => {
    const component = componentOf(service);
    return component !== 'none' && !(component !== undefined && component in zones.components);
  });
  const missing = Object.entries(zones.components)
    .filter(([name, { optional }]) => !optional && servicesOf({ services } as Compose, name).length === 0)
    .map(([name]) => `no service is the component ${name}`);
  return [...unknown.map(([name]) => `${name}: deploy/zones.json knows no such component`), ...missing];
}

function networkFaults({ services, networks }: Compose): string[] {
  const undeclared = Object.entries(services).flatMap(([name, service]) => {
    const lost = service.networks
      .filter((network) => !(network in networks))
      .map((network) => `${name}: there is no network ${network}`);
    // Compose would put it into a network of all.
    const everywhere = service.networks.length === 0 && service.network_mode === undefined;
    return everywhere ? [...lost, `${name}: it is in no network, and so in that of all`] : lost;
  });
  const open = Object.entries(networks)
    .filter(([name, network]) => (network?.internal ?? false) === OPEN_NETWORKS.includes(name))
    .map(([name]) => `the network ${name} ${OPEN_NETWORKS.includes(name) ? 'is internal' : 'leads outside'}`);
  return [...undeclared, ...open];
}

function missingWays(model: Compose, zones: Zones): string[] {
  return zones.flows.flatMap(({ from, to, outsidePorts }) => {
    if (from === OUTSIDE) return [];
    if (to === OUTSIDE) {
      return servicesOf(model, from)
        .filter(([, service]) => outsidePorts.length > 0 && !service.networks.includes('outside'))
        .map(([name]) => `${name}: it may reach the internet, but is in no network that leads there`);
    }
    return servicesOf(model, from).flatMap(([name, service]) =>
      servicesOf(model, to)
        .filter(([, other]) => other !== service && !shareNetwork(service, other))
        .map(([other]) => `${name}: it has no way to ${other}, which it may call`),
    );
  });
}

function forbiddenWays(model: Compose, zones: Zones): string[] {
  const zoneOf = (service: Service): string => zones.components[componentOf(service) ?? '']?.zone ?? '';
  const allowed = new Set(
    zones.flows.flatMap(({ from, to }) => {
      const pair = [zones.components[from]?.zone, zones.components[to]?.zone];
      return [pair.join('>'), pair.toReversed().join('>')];
    }),
  );
  const services = Object.entries(model.services).filter(([, service]) => componentOf(service) !== 'none');
  const between = services.flatMap(([name, service], index) =>
    services
      .slice(index + 1)
      .filter(([, other]) => shareNetwork(service, other) && zoneOf(service) !== zoneOf(other))
      .filter(([, other]) => !allowed.has(`${zoneOf(service)}>${zoneOf(other)}`))
      .map(
        ([other]) =>
          `${name} and ${other} share a network, but nothing may flow between ${zoneOf(service)} and their zones`,
      ),
  );
  const outside = services
    .filter(([, service]) => service.networks.includes('outside'))
    .filter(([, service]) => !zones.flows.some(({ from, to }) => from === componentOf(service) && to === OUTSIDE))
    .map(([name]) => `${name}: it reaches the internet, which it may not`);
  return [...between, ...outside];
}

function shareNetwork(one: Service, other: Service): boolean {
  return one.networks.some((network) => other.networks.includes(network) && network !== 'outside');
}

/** Only what zones.json publishes is published to all; other ports at most to this machine. */
function publishFaults(model: Compose, zones: Zones): string[] {
  return Object.entries(model.services).flatMap(([name, service]) => {
    const component = zones.components[componentOf(service) ?? ''];
    return service.ports.flatMap((port) => {
      const own = Number(port.split(':').at(-1));
      const named = Object.entries(component?.ports ?? {}).find(([, number]) => number === own)?.[0];
      if (named === undefined) return [`${name}: it publishes ${own}, which is no port of it in deploy/zones.json`];
      if (port.startsWith('127.0.0.1:')) return [];
      const published: unknown[] = Object.values(component?.published ?? {});
      return published.includes(named) ? [] : [`${name}: it publishes ${port} to all`];
    });
  });
}
