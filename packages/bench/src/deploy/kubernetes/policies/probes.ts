import { type Fields, type Manifest, nameOf, textAt, valueAt } from '../manifest.ts';
import { containersOf, podTemplates } from '../pods.ts';

const PROBES = ['startupProbe', 'livenessProbe', 'readinessProbe'];
/** What each of the services says at which path: see packages/runtime/src/health.ts. */
const ALIVE = '/healthz';
const READY = '/readyz';

/**
 * Each container that serves is asked whether it has started, lives and is ready. Whether it lives never depends on what it needs: a restart would not
 * bring the database back.
 */
export function probesAreThere(manifests: readonly Manifest[]): string[] {
  return podTemplates(manifests)
    .filter(({ owner }) => owner.kind !== 'Job')
    .flatMap((pod) =>
      containersOf(pod)
        .filter(({ isInit }) => !isInit)
        .flatMap(({ name, fields }) =>
          [
            ...PROBES.filter((probe) => fields[probe] === undefined).map((probe) => `it has no ${probe}`),
            ...faultsOfPaths(fields),
          ].map((fault) => `${nameOf(pod.owner)}, ${name}: ${fault}`),
        ),
    );
}

function faultsOfPaths(container: Fields): string[] {
  const [startup, liveness, readiness] = PROBES.map((probe) => textAt(container, `${probe}.httpGet.path`));
  return [
    ...(liveness === READY || startup === READY ? [`it is restarted when ${READY} says no`] : []),
    ...(liveness === ALIVE && readiness !== READY ? [`it is sent requests when ${READY} says no`] : []),
    ...PROBES.filter(
      (probe) =>
        Number(valueAt(container, `${probe}.timeoutSeconds`) ?? 1) >
        Number(valueAt(container, `${probe}.periodSeconds`) ?? 10),
    ).map((probe) => `its ${probe} may take longer than until the next`),
  ];
}
