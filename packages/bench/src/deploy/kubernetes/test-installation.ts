import type { Code } from './code.ts';
import { readManifests } from './manifest.ts';
import { breaches } from './policies/all.ts';
import type { Zones } from './zones.ts';

export const NAMESPACE = 'docusnap-test';
export const MAIN = 'services/gateway/src/main.ts';
export const CODE: Code = {
  variables: new Map([
    [MAIN, { known: new Set(['PORT', 'METRICS_PORT', 'MASTER_KEY']), required: new Set(['MASTER_KEY']) }],
    ['services/ocr/src/main.ts', { known: new Set(['OCR_READERS', 'READER_MAX_RSS_MIB']), required: new Set() }],
  ]),
  metrics: new Set(['docusnap_backlog_seconds']),
  has: (path) => path.startsWith('services/'),
  stopSeconds: 10,
  roleSettings: ["ALTER ROLE docusnap_api SET statement_timeout = '10s'"],
};
export const ZONES: Zones = {
  zones: { edge: '', app: '', data: '' },
  components: {
    proxy: { zone: 'edge', ports: { http: 8080 }, optional: false },
    gateway: { zone: 'app', ports: { http: 8000 }, optional: false },
    'postgres-primary': { zone: 'data', ports: { postgres: 5432 }, optional: false },
  },
  flows: [
    { from: 'proxy', to: 'gateway', ports: ['http'], outsidePorts: [], why: '' },
    { from: 'gateway', to: 'postgres-primary', ports: ['postgres'], outsidePorts: [], why: '' },
    { from: 'gateway', to: 'outside', ports: [], outsidePorts: [443], why: '' },
  ],
};

/** An installation of one gateway that keeps to everything. */
export const SOUND = `
apiVersion: v1
kind: Namespace
metadata: { name: ${NAMESPACE}, labels: { pod-security.kubernetes.io/enforce: restricted } }
---
apiVersion: v1
kind: ServiceAccount
metadata: { name: gateway, namespace: ${NAMESPACE} }
automountServiceAccountToken: false
---
apiVersion: v1
kind: Secret
metadata: { name: docusnap, namespace: ${NAMESPACE} }
data: { master-key: aWQ6 }
---
apiVersion: v1
kind: ConfigMap
metadata: { name: gateway-env, namespace: ${NAMESPACE} }
data: { PORT: "8000" }
---
apiVersion: apps/v1
kind: Deployment
metadata: { name: gateway, namespace: ${NAMESPACE} }
spec:
  selector: { matchLabels: { app: gateway } }
  template:
    metadata: { labels: { app: gateway, docusnap.io/component: gateway, docusnap.io/zone: app } }
    spec:
      serviceAccountName: gateway
      automountServiceAccountToken: false
      terminationGracePeriodSeconds: 30
      securityContext: { runAsNonRoot: true, runAsUser: 10001, seccompProfile: { type: RuntimeDefault } }
      containers:
        - name: gateway
          image: docusnap/gateway:0.1.0
          args: [${MAIN}]
          ports: [{ name: http, containerPort: 8000 }]
          envFrom: [{ configMapRef: { name: gateway-env } }]
          env: [{ name: MASTER_KEY_FILE, value: /run/secrets/docusnap/master-key }]
          resources:
            requests: { cpu: 250m, memory: 512Mi, ephemeral-storage: 64Mi }
            limits: { cpu: "1", memory: 1Gi, ephemeral-storage: 1Gi }
          securityContext: { allowPrivilegeEscalation: false, readOnlyRootFilesystem: true, capabilities: { drop: [ALL] } }
          volumeMounts: [{ name: secrets, mountPath: /run/secrets/docusnap }]
          startupProbe: { httpGet: { path: /healthz, port: http } }
          livenessProbe: { httpGet: { path: /healthz, port: http } }
          readinessProbe: { httpGet: { path: /readyz, port: http } }
          lifecycle: { preStop: { sleep: { seconds: 5 } } }
      volumes: [{ name: secrets, secret: { secretName: docusnap, items: [{ key: master-key, path: master-key }] } }]
---
apiVersion: v1
kind: Service
metadata: { name: gateway, namespace: ${NAMESPACE}, labels: { app: gateway } }
spec: { selector: { app: gateway }, ports: [{ name: http, port: 8000, targetPort: http }] }
---
apiVersion: policy/v1
kind: PodDisruptionBudget
metadata: { name: gateway, namespace: ${NAMESPACE} }
spec: { selector: { matchLabels: { app: gateway } } }
---
apiVersion: autoscaling/v2
kind: HorizontalPodAutoscaler
metadata: { name: gateway, namespace: ${NAMESPACE} }
spec: { scaleTargetRef: { kind: Deployment, name: gateway }, maxReplicas: 4 }
---
apiVersion: v1
kind: ResourceQuota
metadata: { name: docusnap, namespace: ${NAMESPACE} }
spec: { hard: { pods: "5", limits.cpu: "5" } }
---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: { name: default-deny, namespace: ${NAMESPACE} }
spec: { podSelector: {}, policyTypes: [Ingress, Egress] }
---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: { name: gateway, namespace: ${NAMESPACE} }
spec:
  podSelector: { matchLabels: { docusnap.io/component: gateway } }
  policyTypes: [Ingress, Egress]
  ingress:
    - from: [{ namespaceSelector: { matchLabels: { docusnap.io/zone: edge } } }]
      ports: [{ protocol: TCP, port: 8000 }]
  egress:
    - to: [{ podSelector: { matchLabels: { docusnap.io/component: postgres } } }]
      ports: [{ protocol: TCP, port: 5432 }]
    - to:
        - ipBlock: { cidr: 0.0.0.0/0, except: [10.0.0.0/8, 172.16.0.0/12, 192.168.0.0/16, 169.254.0.0/16, 127.0.0.0/8] }
      ports: [{ protocol: TCP, port: 443 }]
---
apiVersion: gateway.networking.k8s.io/v1
kind: HTTPRoute
metadata: { name: docusnap, namespace: ${NAMESPACE} }
spec: { rules: [{ backendRefs: [{ name: gateway, port: 8000 }] }] }
`;

export function breachesIn(yaml: string): string[] {
  return breaches(readManifests(yaml), { code: CODE, zones: ZONES, namespace: NAMESPACE });
}

/** What is changed in the sound one, into what, and what is then found: these and nothing else. */
export type Breach = readonly [name: string, from: string, to: string, found: readonly string[]];

/** What is found where a text of the sound one is another. Throws where the sound one has no such text. */
export function breachesOf([name, from, to]: Breach): string[] {
  const changed = SOUND.replaceAll(from, to);
  if (changed === SOUND) throw new Error(`${name}: there is nothing to change`);
  return breachesIn(changed).toSorted((a, b) => a.localeCompare(b));
}
