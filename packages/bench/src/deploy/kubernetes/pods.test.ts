import { expect, test } from '@jest/globals';
import { type Breach, breachesOf, NAMESPACE } from './test-installation.ts';

const BREACHES: readonly Breach[] = [
  [
    'an image without a tag',
    'gateway:0.1.0',
    'gateway',
    ['Deployment gateway, gateway: the image docusnap/gateway has no tag'],
  ],
  [
    'an image of whatever is latest',
    'gateway:0.1.0',
    'gateway:latest',
    ['Deployment gateway, gateway: the image docusnap/gateway:latest is another one tomorrow'],
  ],
  [
    'a container without a limit',
    'limits: { cpu: "1", memory: 1Gi,',
    'limits: { cpu: "1",',
    ['Deployment gateway, gateway: its memory has no limit'],
  ],
  [
    'a container that requests nothing',
    'requests: { cpu: 250m,',
    'requests: {',
    ['Deployment gateway, gateway: it requests no cpu'],
  ],
  [
    'a limit below the request',
    'memory: 1Gi',
    'memory: 256Mi',
    ['Deployment gateway, gateway: it requests more memory than its limit'],
  ],
  ['a pod that may run as root', 'runAsNonRoot: true, ', '', ['Deployment gateway: it may run as root']],
  ['a pod of user 0', 'runAsUser: 10001', 'runAsUser: 0', ['Deployment gateway: it has no user of its own']],
  [
    'a pod whose system calls are not confined',
    'type: RuntimeDefault',
    'type: Unconfined',
    ['Deployment gateway: its system calls are not confined (seccompProfile)'],
  ],
  [
    'a pod with a token of the cluster',
    'serviceAccountName: gateway\n      automountServiceAccountToken: false',
    'serviceAccountName: gateway',
    ['Deployment gateway: it is given a token of the cluster'],
  ],
  [
    'an account whose token is given out',
    '}\nautomountServiceAccountToken: false',
    '}',
    ['ServiceAccount gateway: pods are given its token'],
  ],
  [
    'a namespace that admits anything',
    'enforce: restricted',
    'enforce: baseline',
    [`Namespace ${NAMESPACE}: it admits pods that are not restricted`],
  ],
  [
    'a pod in the network of its node',
    'terminationGracePeriodSeconds: 30',
    'terminationGracePeriodSeconds: 30\n      hostNetwork: true',
    ["Deployment gateway: it shares the node's (hostNetwork)"],
  ],
  [
    "a mount of the node's files",
    'volumes: [',
    'volumes: [{ name: node, hostPath: { path: / } }, ',
    ['Deployment gateway: its volume node is a hostPath'],
  ],
  [
    'a container that may gain privileges',
    'allowPrivilegeEscalation: false, ',
    '',
    ['Deployment gateway, gateway: it may gain privileges'],
  ],
  [
    'a privileged container',
    'allowPrivilegeEscalation: false',
    'privileged: true, allowPrivilegeEscalation: false',
    ['Deployment gateway, gateway: it is privileged'],
  ],
  [
    'a root file system that can be written',
    'readOnlyRootFilesystem: true, ',
    '',
    ['Deployment gateway, gateway: its root file system can be written'],
  ],
  [
    'kept capabilities',
    'capabilities: { drop: [ALL] }',
    'capabilities: { drop: [NET_RAW] }',
    ['Deployment gateway, gateway: it keeps capabilities'],
  ],
  [
    'an added capability',
    'drop: [ALL] }',
    'drop: [ALL], add: [SYS_ADMIN] }',
    ['Deployment gateway, gateway: it is given the capability SYS_ADMIN'],
  ],
  [
    'a port of the node',
    'containerPort: 8000 }',
    'containerPort: 8000, hostPort: 80 }',
    ["Deployment gateway, gateway: it takes the node's port 80"],
  ],
  [
    'a container that nobody asks how it is',
    'startupProbe: { httpGet: { path: /healthz, port: http } }',
    '',
    ['Deployment gateway, gateway: it has no startupProbe'],
  ],
  [
    'a restart where the database is away',
    'livenessProbe: { httpGet: { path: /healthz',
    'livenessProbe: { httpGet: { path: /readyz',
    ['Deployment gateway, gateway: it is restarted when /readyz says no'],
  ],
  [
    'requests to what is not ready',
    'readinessProbe: { httpGet: { path: /readyz',
    'readinessProbe: { httpGet: { path: /healthz',
    ['Deployment gateway, gateway: it is sent requests when /readyz says no'],
  ],
  [
    'a probe that outlasts its period',
    'startupProbe: { httpGet',
    'startupProbe: { timeoutSeconds: 11, httpGet',
    ['Deployment gateway, gateway: its startupProbe may take longer than until the next'],
  ],
];

test.each(BREACHES)('%s is found', (...breach) => {
  expect(breachesOf(breach)).toEqual(breach[3].toSorted((a, b) => a.localeCompare(b)));
});
