import type { Fields, Manifest } from './manifest.ts';
import { namesIn } from './pods.ts';

/** Which package has the schemas of which groups; "" is the core's. */
const PACKAGES: readonly { readonly groups: RegExp; readonly name: string }[] = [
  {
    groups:
      /^(|apps|autoscaling|batch|policy|networking\.k8s\.io|rbac\.authorization\.k8s\.io|storage\.k8s\.io|scheduling\.k8s\.io)$/,
    name: 'kubernetes-models',
  },
  { groups: /^argoproj\.io$/, name: '@kubernetes-models/argo-rollouts' },
  { groups: /^(acme\.)?cert-manager\.io$/, name: '@kubernetes-models/cert-manager' },
  { groups: /^postgresql\.cnpg\.io$/, name: '@kubernetes-models/cloudnative-pg' },
  { groups: /^external-secrets\.io$/, name: '@kubernetes-models/external-secrets' },
  { groups: /^gateway\.networking\.k8s\.io$/, name: '@kubernetes-models/gateway-api' },
  { groups: /^(networking|security)\.istio\.io$/, name: '@kubernetes-models/istio' },
  { groups: /^keda\.sh$/, name: '@kubernetes-models/keda' },
  { groups: /^monitoring\.coreos\.com$/, name: '@kubernetes-models/prometheus-operator' },
  { groups: /^traefik\.io$/, name: '@kubernetes-models/traefik' },
];

/** Kinds whose schema is published nowhere where it could be had by a package, and why. */
export const WITHOUT_SCHEMA: Readonly<Record<string, string>> = {
  'configuration.konghq.com/v1 KongPlugin':
    'Kong publishes its schemas in no package; its fields are held to a list of our own',
  'configuration.konghq.com/v1 KongConsumer':
    'Kong publishes its schemas in no package; its fields are held to a list of our own',
};

/** Where the class of a kind lies, as a module's name; null where no package has it. */
export function moduleOf({ apiVersion, kind }: Pick<Manifest, 'apiVersion' | 'kind'>): string | null {
  const [group, version] = apiVersion.includes('/') ? apiVersion.split('/') : ['', apiVersion];
  const found = PACKAGES.find(({ groups }) => groups.test(group!));
  if (found === undefined) return null;
  return [found.name, ...(group === '' ? [] : [group]), version, kind].join('/');
}

interface Model {
  validate(): void;
}

/** What the published schema of its kind says against an object: values of a wrong type or form, and fields that are missing. */
export async function faultsBySchema(manifest: Manifest): Promise<string[]> {
  const name = moduleOf(manifest);
  if (name === null) return [];
  const module = (await import(name)) as Readonly<Record<string, new (data: unknown) => Model>>;
  const Kind = module[manifest.kind];
  if (Kind === undefined) throw new Error(`${name} has no ${manifest.kind}`);
  try {
    // A copy: the class completes what it is given.
    new Kind(structuredClone(asSent(manifest))).validate();
    return [];
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    return [error.message];
  }
}

/** Long values of Secrets are written on several lines, which servers read as one and the schema does not. */
function asSent({ kind, fields }: Manifest): Fields {
  if (kind !== 'Secret') return fields;
  const data = Object.entries(namesIn(fields.data)).map(([name, text]) => [name, text.replace(/\s/g, '')]);
  return { ...fields, data: Object.fromEntries(data) };
}
