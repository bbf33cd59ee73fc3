import { z } from 'zod';
import { type Manifest, nameOf } from './manifest.ts';

/**
 * What Kong publishes the schema of in no package, held to the fields that its documentation names; not all there are, but all that are used here.
 */
const PLUGINS: Readonly<Record<string, z.ZodType>> = {
  'rate-limiting': z.strictObject({
    minute: z.number().int().positive(),
    limit_by: z.enum(['consumer', 'credential', 'ip', 'service', 'header', 'path', 'consumer-group']),
    policy: z.enum(['local', 'cluster', 'redis']),
    fault_tolerant: z.boolean(),
  }),
  'key-auth': z.strictObject({
    key_names: z.array(z.string()).min(1),
    key_in_header: z.boolean(),
    key_in_query: z.boolean(),
    key_in_body: z.boolean(),
    hide_credentials: z.boolean(),
    anonymous: z.string(),
  }),
  jwt: z.strictObject({
    header_names: z.array(z.string()).min(1),
    uri_param_names: z.array(z.string()),
    key_claim_name: z.string(),
    claims_to_verify: z.array(z.enum(['exp', 'nbf'])),
    anonymous: z.string(),
  }),
  'request-termination': z.strictObject({ status_code: z.number().int().min(100).max(599), message: z.string() }),
};

const Metadata = z.looseObject({ name: z.string(), annotations: z.record(z.string(), z.string()).default({}) });
const Plugin = z.strictObject({
  apiVersion: z.literal('configuration.konghq.com/v1'),
  kind: z.literal('KongPlugin'),
  metadata: Metadata,
  plugin: z.string(),
  config: z.record(z.string(), z.unknown()),
});
const Consumer = z.strictObject({
  apiVersion: z.literal('configuration.konghq.com/v1'),
  kind: z.literal('KongConsumer'),
  metadata: Metadata,
  username: z.string(),
  credentials: z.array(z.string()).optional(),
});

/** What is wrong with Kong's objects, and with the plugins that routes and consumers name. */
export function faultsOfKong(manifests: readonly Manifest[]): string[] {
  const plugins = new Set(manifests.filter(({ kind }) => kind === 'KongPlugin').map(({ metadata }) => metadata.name));
  return manifests.flatMap((manifest) => [
    ...(manifest.metadata.annotations['konghq.com/plugins']?.split(',') ?? [])
      .filter((name) => !plugins.has(name))
      .map((name) => `${nameOf(manifest)}: there is no KongPlugin ${name}`),
    ...faultsOfFields(manifest).map((fault) => `${nameOf(manifest)}: ${fault}`),
  ]);
}

function faultsOfFields({ kind, fields }: Manifest): string[] {
  if (kind === 'KongConsumer') return faultsIn(Consumer.safeParse(fields));
  if (kind !== 'KongPlugin') return [];
  const parsed = Plugin.safeParse(fields);
  if (!parsed.success) return faultsIn(parsed);
  const Config = PLUGINS[parsed.data.plugin];
  return Config
    ? faultsIn(Config.safeParse(parsed.data.config))
    : [`the plug-in ${parsed.data.plugin} is not known here`];
}

function faultsIn({ error }: z.ZodSafeParseResult<unknown>): string[] {
  return (error?.issues ?? []).map(({ path, message }) => `${path.join('.')}: ${message}`);
}
