import { z } from 'zod';

const Ports = z.record(z.string(), z.number());

/** deploy/zones.json: who may speak to whom. */
export const Zones = z.object({
  zones: z.record(z.string(), z.string()),
  components: z.record(
    z.string(),
    z.object({
      zone: z.string(),
      ports: Ports,
      optional: z.boolean().default(false),
      published: z.unknown().optional(),
    }),
  ),
  flows: z.array(
    z.object({
      from: z.string(),
      to: z.string(),
      ports: z.array(z.string()).default([]),
      outsidePorts: z.array(z.number()).default([]),
      why: z.string(),
    }),
  ),
});
export type Zones = z.infer<typeof Zones>;

/** Beyond the installation: as who calls, the clients; as who is called, the internet. */
export const OUTSIDE = 'outside';

/** One direction at one port. */
export interface Flow {
  readonly from: string;
  readonly to: string;
  readonly port: number;
  /** Exists in some installations only. */
  readonly isOptional: boolean;
}

/**
 * The name that pods bear in docusnap.io/component. PostgreSQL's are all called alike: which of them leads changes while they run.
 */
export function podsNameOf(component: string): string {
  return component.startsWith('postgres-') && component !== 'postgres-exporter' ? 'postgres' : component;
}

export function flowsOf(zones: Zones): Flow[] {
  return zones.flows.flatMap(({ from, to, ports, outsidePorts }) => {
    const numbers = to === OUTSIDE ? outsidePorts : ports.map((name) => portOf(zones, to, name));
    const isOptional = [from, to].some((name) => zones.components[name]?.optional ?? false);
    return numbers.map((port) => ({ from: podsNameOf(from), to: podsNameOf(to), port, isOptional }));
  });
}

function portOf(zones: Zones, component: string, name: string): number {
  const port = zones.components[component]?.ports[name];
  if (port === undefined) throw new RangeError(`deploy/zones.json: ${component} has no port ${name}`);
  return port;
}

/** The zone of what pods are named by. */
export function zoneOf(zones: Zones, podsName: string | undefined): string | undefined {
  return Object.entries(zones.components).find(([name]) => podsNameOf(name) === podsName)?.[1].zone;
}
