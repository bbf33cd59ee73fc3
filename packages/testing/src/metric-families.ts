import { readFileSync } from 'node:fs';

/** A family of measures: what its series have in common. */
export interface MetricFamily {
  readonly name: string;
  readonly type: string;
  readonly help: string;
  /** Of its series; none where it has none just now. */
  readonly labels: readonly string[];
}

/** What a service says at /metrics, `le` left out. */
export function familiesIn(exposition: string): MetricFamily[] {
  const families = [...exposition.matchAll(/^# HELP (\S+) (.*)\n# TYPE \S+ (\S+)$/gm)];
  return families.map(([, name = '', help = '', type = '']) => ({
    name,
    help,
    type,
    labels: labelsOf(exposition, name),
  }));
}

function labelsOf(exposition: string, family: string): string[] {
  const series = new RegExp(`^${family}(?:_bucket|_sum|_count)?\\{(.*)\\} `, 'gm');
  const labels = new Set<string>();
  for (const [, pairs = ''] of exposition.matchAll(series)) {
    for (const [, label = ''] of pairs.matchAll(/(\w+)="/g)) labels.add(label);
  }
  labels.delete('le');
  return sorted([...labels]);
}

const sorted = (labels: readonly string[]): string[] => labels.toSorted((one, other) => one.localeCompare(other));

const MONITORING = new URL('../../../deploy/monitoring/README.md', import.meta.url);

/** What deploy/monitoring/README.md says that a service measures, by the tables below its headings `### gateway` and `### ocr`. */
export function documentedFamilies(service: 'gateway' | 'ocr'): MetricFamily[] {
  const section = readFileSync(MONITORING, 'utf8').split(`### ${service}\n`)[1]?.split('\n#')[0] ?? '';
  const rows = section.matchAll(/^\| `(\w+)` \| (\w+) \| (.*?) \| (.*) \|$/gm);
  return [...rows].map(([, name = '', type = '', labels = '', help = '']) => ({
    name,
    type,
    help,
    labels: sorted([...labels.matchAll(/`(\w+)`/g)].map(([, label = '']) => label)),
  }));
}

/**
 * What a real scrape has and the README's table does not say so, and the other way round, a sentence each. Measures of the process itself
 * (process_, nodejs_) are prom-client's.
 */
export function undocumented(exposition: string, service: 'gateway' | 'ocr'): string[] {
  const documented = new Map(documentedFamilies(service).map((family) => [family.name, family]));
  const scraped = familiesIn(exposition).filter(({ name }) => name.startsWith('docusnap_'));
  const missing = [...documented.keys()].filter((name) => !scraped.some((family) => family.name === name));
  return [
    ...missing.map((name) => `${name} is documented, but ${service} has no such measure`),
    ...scraped.flatMap(({ name, type, help, labels }) => {
      const said = documented.get(name);
      if (!said) return [`${name} of ${service} is not documented`];
      const wrong = labels.length > 0 && labels.join() !== said.labels.join();
      return [
        ...(said.type === type && said.help === help ? [] : [`${name} is a ${type}: ${help}`]),
        ...(wrong ? [`${name} has the labels ${labels.join(', ')}, not ${said.labels.join(', ')}`] : []),
      ];
    }),
  ];
}
