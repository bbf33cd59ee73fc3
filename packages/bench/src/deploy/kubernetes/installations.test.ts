import { expect, test } from '@jest/globals';
import { type Fields, manifestOf, readManifests } from './manifest.ts';
import { breaches } from './policies/all.ts';
import { type Breach, breachesIn, breachesOf, CODE, MAIN, NAMESPACE, SOUND, ZONES } from './test-installation.ts';

const BREACHES: readonly Breach[] = [
  [
    'an autoscaler of nothing',
    'scaleTargetRef: { kind: Deployment, name: gateway }',
    'scaleTargetRef: { kind: Rollout, name: gateway }',
    ['HorizontalPodAutoscaler gateway: there is no Rollout gateway to scale'],
  ],
  [
    'a number of pods beside an autoscaler',
    'selector: { matchLabels: { app: gateway } }\n',
    'replicas: 2\n  selector: { matchLabels: { app: gateway } }\n',
    ['Deployment gateway: it sets the number of pods that an autoscaler sets'],
  ],
  [
    'a quota that is too small',
    'pods: "5"',
    'pods: "4"',
    ['ResourceQuota docusnap: pods is 4, and all together may want 5'],
  ],
  [
    'a pod that is killed before it ends',
    'terminationGracePeriodSeconds: 30',
    'terminationGracePeriodSeconds: 15',
    ['Deployment gateway: it is killed after 15 s and may take 20'],
  ],
  [
    'a variable that no code reads',
    'data: { PORT: "8000" }',
    'data: { PORT: "8000", PROT: "1" }',
    [`Deployment gateway, gateway: ${MAIN} does not read PROT`],
  ],
  [
    'a variable that is missing',
    'env: [{ name: MASTER_KEY_FILE, value: /run/secrets/docusnap/master-key }]',
    'env: []',
    ['Deployment gateway, gateway: MASTER_KEY is not set'],
  ],
  [
    'a program that is not there',
    `args: [${MAIN}]`,
    'args: [src/main.ts]',
    ['Deployment gateway, gateway: it starts src/main.ts, which is not there'],
  ],
  [
    'a port that the process does not take',
    'data: { PORT: "8000" }',
    'data: { PORT: "8001" }',
    ['Deployment gateway, gateway: its port http is 8000, and PORT is 8001'],
  ],
  [
    'an object in another namespace',
    `metadata: { name: gateway-env, namespace: ${NAMESPACE} }`,
    'metadata: { name: gateway-env, namespace: default }',
    [`ConfigMap gateway-env: it is in default instead of ${NAMESPACE}`],
  ],
  [
    'a setting that was not filled in',
    'name: docusnap, namespace',
    'name: docusnap, annotations: { host: filled-by-settings.invalid }, namespace',
    [
      'Secret docusnap: a setting was not filled in',
      'ResourceQuota docusnap: a setting was not filled in',
      'HTTPRoute docusnap: a setting was not filled in',
    ],
  ],
  [
    'no denial of the rest',
    'spec: { podSelector: {}, policyTypes: [Ingress, Egress] }',
    'spec: { podSelector: {}, policyTypes: [Ingress] }',
    ['no policy denies what no other allows'],
  ],
  [
    'a flow that the zones do not have',
    'docusnap.io/zone: edge',
    'docusnap.io/zone: data',
    [
      'NetworkPolicy gateway: it lets the zone data speak to gateway at 8000',
      'proxy may not speak to gateway at 8000: nothing lets it in',
    ],
  ],
  [
    'a flow that the zones have and nothing allows',
    'port: 5432 }',
    'port: 5433 }',
    [
      'NetworkPolicy gateway: it lets gateway speak to postgres at 5433',
      'gateway may not speak to postgres at 5432: nothing lets it out',
    ],
  ],
  [
    'a way to private addresses',
    'except: [10.0.0.0/8, ',
    'except: [',
    ['NetworkPolicy gateway: it leads to private addresses (10.0.0.0/8)'],
  ],
  [
    'pods in another zone than theirs',
    'docusnap.io/component: gateway, docusnap.io/zone: app',
    'docusnap.io/component: gateway, docusnap.io/zone: data',
    ['Deployment gateway: docusnap.io/component=gateway is not in docusnap.io/zone=data'],
  ],
];

test.each(BREACHES)('%s is found', (...breach) => {
  expect(breachesOf(breach)).toEqual(breach[3].toSorted((a, b) => a.localeCompare(b)));
});

test('an installation that keeps to everything has no breach', () => {
  expect(breachesIn(SOUND)).toEqual([]);
});

/** What is added to the sound one, and what is then found. */
const ADDED: readonly (readonly [name: string, added: object, found: readonly string[]])[] = [
  [
    'a second autoscaler of one thing',
    {
      apiVersion: 'keda.sh/v1alpha1',
      kind: 'ScaledObject',
      spec: { scaleTargetRef: { name: 'gateway' }, maxReplicaCount: 4 },
    },
    ['ScaledObject added: HorizontalPodAutoscaler gateway scales Deployment gateway too'],
  ],
  [
    'a Deployment that is scaled beside its Rollout',
    {
      apiVersion: 'argoproj.io/v1alpha1',
      kind: 'Rollout',
      spec: { workloadRef: { kind: 'Deployment', name: 'gateway' } },
    },
    ['HorizontalPodAutoscaler gateway: it scales Deployment gateway, whose pods a Rollout makes'],
  ],
  [
    'an autoscaler by a measure that nobody shows',
    {
      apiVersion: 'keda.sh/v1alpha1',
      kind: 'Alarm',
      spec: { triggers: [{ metadata: { query: 'max(docusnap_backlog_minutes)' } }] },
    },
    ['Alarm added: no service shows docusnap_backlog_minutes'],
  ],
  [
    'a firewall that the way in leads past',
    {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name: 'waf' },
      spec: { selector: { app: 'gateway' }, ports: [{ port: 8080, targetPort: 8000 }] },
    },
    ['HTTPRoute docusnap: it leads past the firewall'],
  ],
  [
    'a database without the limits of its roles',
    {
      apiVersion: 'postgresql.cnpg.io/v1',
      kind: 'Cluster',
      spec: {
        instances: 1,
        bootstrap: { initdb: { secret: { name: 'docusnap' } } },
        // Of five gateways 26 each, and 15 of others: as many as may be.
        postgresql: { parameters: { max_connections: '145' } },
      },
    },
    [
      'ResourceQuota docusnap: pods is 5, and all together may want 6',
      "Cluster added: it does not run ALTER ROLE docusnap_api SET statement_timeout = '10s'",
    ],
  ],
  [
    'a database that takes fewer connections than all pods may open',
    {
      apiVersion: 'postgresql.cnpg.io/v1',
      kind: 'Cluster',
      spec: { instances: 0, postgresql: { parameters: { max_connections: '144' } } },
    },
    [
      'Cluster added: max_connections is 144, and all together may open 145',
      "Cluster added: it does not run ALTER ROLE docusnap_api SET statement_timeout = '10s'",
    ],
  ],
  [
    'a monitor of a port that the Service does not have',
    {
      apiVersion: 'monitoring.coreos.com/v1',
      kind: 'ServiceMonitor',
      spec: { selector: { matchLabels: { app: 'gateway' } }, endpoints: [{ port: 'metrics' }] },
    },
    ['ServiceMonitor added: Service gateway has no port metrics'],
  ],
];

test.each(ADDED)('%s is found', (_name, added, expected) => {
  const metadata = { name: 'added', ...('metadata' in added ? (added.metadata as Fields) : {}), namespace: NAMESPACE };
  const manifests = [...readManifests(SOUND), manifestOf({ ...added, metadata })];
  expect(breaches(manifests, { code: CODE, zones: ZONES, namespace: NAMESPACE })).toEqual(expected);
});

test('readers without memory or processors for as many as there are are found', () => {
  const asOcr = SOUND.replaceAll('args: [services/gateway/src/main.ts]', 'args: [services/ocr/src/main.ts]')
    .replace(
      'docusnap.io/component: gateway, docusnap.io/zone: app',
      'docusnap.io/component: ocr, docusnap.io/zone: app',
    )
    .replace('data: { PORT: "8000" }', 'data: { OCR_READERS: "2", READER_MAX_RSS_MIB: "1024" }');
  expect(breachesIn(asOcr)).toEqual(
    expect.arrayContaining([
      'Deployment gateway: 2 readers may take 2684354560 bytes, and it has 1073741824',
      'Deployment gateway: 2 readers have 1 cores',
    ]),
  );
});
