import { ASSUMED } from '../../../capacity-plan/coefficients.ts';
import { type Fields, type Manifest, nameOf, textsAt, valueAt } from '../manifest.ts';
import { namesIn, podTemplates } from '../pods.ts';
import { mostPodsOf } from './autoscalers.ts';
import { mostWithUpdate, settingsOf } from './capacity.ts';

/** Of a gateway's connections those of DATABASE_URL, which pgBouncer takes where there is one. */
const API_CONNECTIONS = 11;
/** What a process has that understands: as many as jobs at a time, four for the sweep and all else, and one that listens. */
const BESIDE_UNDERSTANDING = 5;
const UNDERSTAND_CONCURRENCY = 4;
/** For migrations, replicas, backups, exporters, and PostgreSQL's own superusers. */
const OTHERS = 15;

/** PostgreSQL takes as many connections as all autoscalers' most pods may open, while they are exchanged. */
export function connectionsSuffice(manifests: readonly Manifest[]): string[] {
  const most = mostConnections(manifests);
  return manifests.flatMap((manifest) => {
    const allowed = allowedBy(manifest);
    if (allowed === undefined || allowed >= most) return [];
    return [`${nameOf(manifest)}: max_connections is ${allowed}, and all together may open ${most}`];
  });
}

/** Where a manifest is a PostgreSQL, how many that takes; its own default is 100. */
function allowedBy({ kind, apiVersion, metadata, fields }: Manifest): number | undefined {
  if (kind === 'Cluster' && apiVersion.startsWith('postgresql.cnpg.io/'))
    return Number(valueAt(fields, 'spec.postgresql.parameters.max_connections') ?? 100);
  if (kind !== 'StatefulSet' || metadata.labels['docusnap.io/component'] !== 'postgres') return undefined;
  const args = textsAt(fields, 'spec.template.spec.containers.*.args.*').join(' ');
  return Number(/\bmax_connections=(\d+)/.exec(args)?.[1] ?? 100);
}

/** A file that a ConfigMap holds; its name has a dot. */
function fileIn(fields: Fields, name: string): string {
  return namesIn(valueAt(fields, 'data'))[name] ?? '';
}

function mostConnections(manifests: readonly Manifest[]): number {
  const pods = podTemplates(manifests);
  const poolers = pods.filter(({ labels }) => labels['docusnap.io/component'] === 'pgbouncer');
  const each = pods.map((pod) => {
    const set = settingsOf(pod, manifests);
    const concurrency = Number(set.UNDERSTAND_CONCURRENCY ?? UNDERSTAND_CONCURRENCY);
    const readers = Number(set.OCR_READERS ?? 1) * Number(set.OCR_PAGES_AT_ONCE ?? 1);
    const most = mostWithUpdate(pod, manifests);
    switch (pod.labels['docusnap.io/component']) {
      case 'gateway': {
        // Of what understands it has nothing where others do it.
        const understanding = concurrency > 0 ? concurrency + 1 : 0;
        const own = ASSUMED.gatewayConnections - API_CONNECTIONS - (UNDERSTAND_CONCURRENCY + 1) + understanding;
        return most * (own + (poolers.length > 0 ? 0 : API_CONNECTIONS));
      }
      case 'understand':
        return most * (concurrency + BESIDE_UNDERSTANDING);
      case 'ocr':
        return most * (readers + ASSUMED.ocrConnectionsBesideReaders);
      case 'pgbouncer':
        return mostPodsOf(pod.owner, manifests) * poolOf(manifests);
      default:
        return 0;
    }
  });
  return OTHERS + each.reduce((sum, one) => sum + one, 0);
}

/** Of the one role that comes through it. */
function poolOf(manifests: readonly Manifest[]): number {
  const file = manifests
    .filter(({ kind }) => kind === 'ConfigMap')
    .map(({ fields }) => fileIn(fields, 'pgbouncer.ini'))
    .join();
  return ['default_pool_size', 'reserve_pool_size'].reduce(
    (sum, name) => sum + Number(new RegExp(`^${name} = (\\d+)$`, 'm').exec(file)?.[1] ?? 0),
    0,
  );
}
