/** In the order in which kustomizations list them: what changes others comes after them. A check holds the overlays to it. */
export const ORDER = [
  'external-secrets',
  'embedded-data',
  'cloudnative-pg',
  'pgbouncer',
  'redis',
  'external-data',
  'cert-manager',
  'gateway-api',
  'traefik',
  'ingress-nginx',
  'kong',
  'waf',
  'prometheus-operator',
  'prometheus-adapter',
  'keda',
  'gpu',
  'argo-rollouts/canary',
  'argo-rollouts/blue-green',
  'istio',
] as const;

/** What a component needs beside it to be of use. */
const NEEDS: Readonly<Record<string, readonly string[]>> = {
  pgbouncer: ['embedded-data'],
  // Each brings a certificate, which routes refer to.
  'gateway-api': ['cert-manager'],
  traefik: ['cert-manager'],
  'ingress-nginx': ['cert-manager'],
  kong: ['cert-manager'],
  waf: ['cert-manager', 'gateway-api'],
  'cert-manager': ['gateway-api'],
  // The mesh begins with its pods.
  istio: ['waf'],
  // Its database's roles have their passwords from there.
  'cloudnative-pg': ['external-secrets'],
};

const WAYS_IN = ['gateway-api', 'traefik', 'ingress-nginx', 'kong'];
const SCALERS = [[], ['prometheus-adapter'], ['keda'], ['prometheus-adapter', 'keda']];
const ROLLOUTS = [[], ['argo-rollouts/canary'], ['argo-rollouts/blue-green']];

/** Components that go together, each list once and in order: every one alone with what it needs, and whatever touches the same objects. */
export function combinations(): string[][] {
  const alone = ORDER.map((component) => [component]);
  const waysIn = WAYS_IN.flatMap((way) => [[way], [way, 'waf'], [way, 'waf', 'istio']]);
  const scaling = SCALERS.flatMap((scalers) =>
    ROLLOUTS.flatMap((rollouts) =>
      [[], ['gpu'], ['istio'], ['gpu', 'istio']].map((others) => [...scalers, ...rollouts, ...others]),
    ),
  );
  const data = [
    ['embedded-data', 'pgbouncer', 'istio'],
    ['cloudnative-pg', 'pgbouncer', 'redis', 'istio'],
    ['external-secrets', 'external-data'],
    ['external-secrets', 'redis', 'external-data'],
  ];
  const everything = [
    'cloudnative-pg',
    'pgbouncer',
    'redis',
    'external-data',
    'gateway-api',
    'waf',
    'prometheus-operator',
    'keda',
    'argo-rollouts/canary',
    'istio',
  ];
  const all = [...alone, ...waysIn, ...scaling, ...data, everything].map(complete);
  return [...new Map(all.map((one) => [one.join(), one])).values()];
}

function complete(components: readonly string[]): string[] {
  const wanted = new Set(components);
  for (const one of wanted) for (const needed of NEEDS[one] ?? []) if (!isGiven(needed, wanted)) wanted.add(needed);
  return ORDER.filter((component) => wanted.has(component));
}

/** One way in is enough, and one database. */
function isGiven(needed: string, wanted: ReadonlySet<string>): boolean {
  if (needed === 'gateway-api') return WAYS_IN.some((way) => wanted.has(way));
  return needed === 'embedded-data' && wanted.has('cloudnative-pg');
}
