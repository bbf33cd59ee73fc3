import { type Manifest, nameOf, valueAt } from '../manifest.ts';
import { containersOf, podTemplates } from '../pods.ts';
import { quantityOf } from './quantities.ts';

const RESOURCES = ['cpu', 'memory', 'ephemeral-storage'];

/** Each container says what it needs and what it may have, of processors, memory and disk, and may have what it needs. */
export function resourcesAreSet(manifests: readonly Manifest[]): string[] {
  return podTemplates(manifests).flatMap((pod) =>
    containersOf(pod).flatMap(({ name, fields }) =>
      RESOURCES.flatMap((resource) => {
        const [request, limit] = ['requests', 'limits'].map((kind) => valueAt(fields, `resources.${kind}.${resource}`));
        const where = `${nameOf(pod.owner)}, ${name}`;
        if (request === undefined) return [`${where}: it requests no ${resource}`];
        if (limit === undefined) return [`${where}: its ${resource} has no limit`];
        return quantityOf(request) > quantityOf(limit) ? [`${where}: it requests more ${resource} than its limit`] : [];
      }),
    ),
  );
}
