import { glob, readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { parse, stringify } from 'yaml';
import { z } from 'zod';

/** Where the alerts are, as Prometheus itself reads them. */
const RULES = 'deploy/monitoring/rules/*.{yml,yaml}';
export const ALERTS = 'k8s/components/prometheus-operator/alerts.yaml';
const HEADER =
  '# Written by packages/bench/src/deploy/kubernetes/write-alerts.ts from deploy/monitoring/rules; a check holds it to them.\n';

const Rules = z.looseObject({ groups: z.array(z.looseObject({ name: z.string() })) });

/** The rules of deploy/monitoring as an object of prometheus-operator, in YAML. */
export async function alertsForOperator(root: string): Promise<string> {
  const paths = (await Array.fromAsync(glob(RULES, { cwd: root }))).toSorted();
  const files = await Promise.all(
    paths.map(async (path) => ({ path, rules: Rules.parse(parse(await readFile(join(root, path), 'utf8'))) })),
  );
  const objects = files.map(({ path, rules }) => ({
    apiVersion: 'monitoring.coreos.com/v1',
    kind: 'PrometheusRule',
    metadata: { name: `docusnap-${basename(path).replace(/\.ya?ml$/, '')}` },
    spec: { groups: rules.groups },
  }));
  return HEADER + objects.map((object) => stringify(object, { lineWidth: 0 })).join('---\n');
}
