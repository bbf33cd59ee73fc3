import { type Compose, componentOf, type Service } from './model.ts';

/** Says behind which component's door a service stands. */
const BEHIND = 'docusnap.behind';
/** By these SeaweedFS is told where to listen; what it opens there for gRPC asks nobody for a key. */
const WEED_BINDS = /^-(?:s3\.|filer\.|master\.|volume\.)?ip\.bind=(.*)$/;

/** Whether what must be reached by one component alone is: nothing else is in a network with it, and nothing of it is published. */
export function hiddenFaults({ services }: Compose): string[] {
  return Object.entries(services).flatMap(([name, service]) => {
    const door = service.labels[BEHIND];
    if (door === undefined)
      return listensToAll(service)
        ? [`${name}: SeaweedFS listens for gRPC in all its networks, and asks for no key`]
        : [];
    const others = Object.entries(services)
      .filter(([, other]) => other !== service && other.networks.some((network) => service.networks.includes(network)))
      .filter(([, other]) => componentOf(other) !== door)
      .map(([other]) => `${name}: ${other} is in a network with it, and only ${door} may reach it`);
    const published = service.ports.map((port) => `${name}: it publishes ${port}, and only ${door} may reach it`);
    return [...others, ...published];
  });
}

function listensToAll({ entrypoint, command }: Service): boolean {
  const words = [entrypoint ?? [], command ?? []].flat();
  if (!words.includes('weed')) return false;
  const binds = words.flatMap((word) => WEED_BINDS.exec(word)?.[1] ?? []);
  return binds.length === 0 || binds.some((address) => address !== '127.0.0.1');
}
