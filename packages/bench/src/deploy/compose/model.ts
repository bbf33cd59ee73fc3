import { parse } from 'yaml';
import { z } from 'zod';

/** What is looked at of a compose file; the rest is compose's own business, and `docker-compose config` checks it where it is installed. */

const Condition = z.object({
  condition: z.enum(['service_healthy', 'service_completed_successfully', 'service_started']),
});

const Service = z.object({
  image: z.string(),
  user: z.string().optional(),
  restart: z.string().optional(),
  read_only: z.boolean().default(false),
  cap_drop: z.array(z.string()).default([]),
  cap_add: z.array(z.string()).default([]),
  security_opt: z.array(z.string()).default([]),
  privileged: z.boolean().default(false),
  pids_limit: z.number().optional(),
  network_mode: z.string().optional(),
  /** A list, or an object where one has other names in one of them. */
  networks: z
    .union([z.array(z.string()), z.record(z.string(), z.unknown()).transform((networks) => Object.keys(networks))])
    .default([]),
  profiles: z.array(z.string()).default([]),
  ports: z.array(z.string()).default([]),
  volumes: z.array(z.string()).default([]),
  secrets: z.array(z.string()).default([]),
  tmpfs: z.array(z.string()).default([]),
  command: z.union([z.string(), z.array(z.string())]).optional(),
  entrypoint: z.union([z.string(), z.array(z.string())]).optional(),
  environment: z.record(z.string(), z.union([z.string(), z.number().transform(String)]).nullable()).default({}),
  labels: z.record(z.string(), z.string()).default({}),
  depends_on: z.record(z.string(), Condition).default({}),
  healthcheck: z.object({ test: z.array(z.string()) }).optional(),
  logging: z.object({ driver: z.string(), options: z.record(z.string(), z.string()).default({}) }).optional(),
  stop_grace_period: z.string().optional(),
  deploy: z
    .object({
      resources: z
        .object({ limits: z.object({ cpus: z.string().optional(), memory: z.string().optional() }).optional() })
        .optional(),
    })
    .optional(),
});
export type Service = z.infer<typeof Service>;

const Compose = z.object({
  services: z.record(z.string(), Service),
  networks: z.record(z.string(), z.object({ internal: z.boolean().default(false) }).nullable()),
  volumes: z.record(z.string(), z.unknown()),
  secrets: z.record(z.string(), z.object({ file: z.string() })),
});
export type Compose = z.infer<typeof Compose>;

/** A service's component in deploy/zones.json, by its label; `none` for what speaks to nobody. */
export const componentOf = (service: Service): string | undefined => service.labels['docusnap.component'];

/** Ends by itself, and is started again only where it failed. */
export const endsByItself = (service: Service): boolean => service.restart?.startsWith('on-failure') ?? false;

export interface ComposeFile {
  readonly model: Compose;
  /** Variables that the file asks for; `needed` have no value of their own. */
  readonly variables: { readonly name: string; readonly needed: boolean }[];
}

/**
 * Reads a compose file as compose would with these variables: merge keys are merged, and ${NAME}, ${NAME:-VALUE} and ${NAME:?WHY} filled in. Throws
 * for what cannot be read, and for a needed variable that is not among them.
 */
export function readCompose(text: string, environment: Readonly<Record<string, string>>): ComposeFile {
  const variables = new Map<string, boolean>();
  const filled = text.replaceAll(
    /\$\$|\$\{([A-Z0-9_]+)(?:(:-|:\?)([^}]*))?\}/g,
    (whole, name: string | undefined, sign: string | undefined, rest: string | undefined) => {
      if (name === undefined) return '$';
      const needed = sign !== ':-';
      variables.set(name, (variables.get(name) ?? false) || needed);
      const value = environment[name];
      if (value) return value;
      if (!needed) return rest ?? '';
      throw new Error(`${whole} has no value`);
    },
  );
  const model = Compose.parse(parse(filled, { merge: true, maxAliasCount: 1_000 }));
  return { model, variables: [...variables].map(([name, needed]) => ({ name, needed })) };
}

/** NAME=VALUE lines of a file such as .env. */
export function readEnvironmentFile(text: string): Record<string, string> {
  return Object.fromEntries(
    [...text.matchAll(/^([A-Z0-9_]+)=(.*)$/gm)].map(([, name, value]) => [name as string, (value as string).trim()]),
  );
}
