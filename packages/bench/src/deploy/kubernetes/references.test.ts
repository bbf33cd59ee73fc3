import { expect, test } from '@jest/globals';
import { type Breach, breachesOf } from './test-installation.ts';

const BREACHES: readonly Breach[] = [
  [
    'a Service of nobody',
    'selector: { app: gateway }, ports',
    'selector: { app: other }, ports',
    ['Service gateway: it selects no pod'],
  ],
  [
    'a Service whose pods do not listen',
    'targetPort: http',
    'targetPort: web',
    ['Service gateway: its pods do not listen on web'],
  ],
  [
    'a budget for nobody',
    'spec: { selector: { matchLabels: { app: gateway } } }',
    'spec: { selector: { matchLabels: { app: other } } }',
    ['PodDisruptionBudget gateway: it selects no pod'],
  ],
  [
    'a workload that does not know its own pods',
    'selector: { matchLabels: { app: gateway } }\n',
    'selector: { matchLabels: { app: other } }\n',
    ['Deployment gateway: it does not select its own pods'],
  ],
  [
    'a ConfigMap that is not there',
    'configMapRef: { name: gateway-env }',
    'configMapRef: { name: other-env }',
    [
      'Deployment gateway: there is no ConfigMap other-env',
      'Deployment gateway, gateway: its port http is 8000, and PORT is undefined',
    ],
  ],
  [
    'a key that the Secret lacks',
    'items: [{ key: master-key',
    'items: [{ key: other-key',
    ['Deployment gateway: the Secret docusnap has no other-key'],
  ],
  [
    'a file that is not mounted',
    '/run/secrets/docusnap/master-key }',
    '/run/secrets/docusnap/other }',
    ['Deployment gateway, gateway: MASTER_KEY_FILE names /run/secrets/docusnap/other, which is not there'],
  ],
  [
    'a mount of no volume',
    'volumeMounts: [',
    'volumeMounts: [{ name: data, mountPath: /data }, ',
    ['Deployment gateway, gateway: there is no volume data'],
  ],
  [
    'an account that is not there',
    'serviceAccountName: gateway',
    'serviceAccountName: other',
    ['Deployment gateway: there is no ServiceAccount other'],
  ],
  [
    'a route to nowhere',
    'backendRefs: [{ name: gateway, port: 8000 }]',
    'backendRefs: [{ name: other, port: 8000 }]',
    ['HTTPRoute docusnap: there is no Service other'],
  ],
  [
    'a route to a port that is not served',
    'backendRefs: [{ name: gateway, port: 8000 }]',
    'backendRefs: [{ name: gateway, port: 80 }]',
    ['HTTPRoute docusnap: the Service gateway has no port 80'],
  ],
];

test.each(BREACHES)('%s is found', (...breach) => {
  expect(breachesOf(breach)).toEqual(breach[3].toSorted((a, b) => a.localeCompare(b)));
});
