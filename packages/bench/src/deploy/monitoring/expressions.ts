import { documentedFamilies } from '@docusnap/testing';
import type { MonitoringFiles } from './files.ts';
import { selectorsIn } from './names.ts';

/** An expression of PromQL, and where it stands. */
export interface Expression {
  readonly where: string;
  readonly text: string;
}

/** All that Prometheus is asked: by rules, dashboards and runbooks. */
export function expressionsOf({ rules, dashboards, runbooks }: MonitoringFiles): Expression[] {
  return [
    ...rules.map(({ alert, record, expr }) => ({ where: `rule ${alert ?? record}`, text: expr })),
    ...dashboards.flatMap(({ file, panels }) =>
      panels.flatMap(({ title, targets }) =>
        targets
          .filter(({ datasource }) => datasource.type === 'prometheus')
          .map(({ expr }) => ({ where: `grafana/dashboards/${file}, "${title}"`, text: expr })),
      ),
    ),
    ...[...runbooks].flatMap(([name, text]) =>
      [...text.matchAll(/promtool query instant \S+ '([^']*)'/g)].map(([, asked = '']) => ({
        where: `runbooks/${name}.md`,
        text: asked,
      })),
    ),
  ];
}

/** What Prometheus itself adds, with the labels that it has. */
const OF_PROMETHEUS: Readonly<Record<string, readonly string[]>> = {
  up: [],
  ALERTS: ['alertname', 'alertstate', 'severity'],
};
/** Of each series, by the scrape. */
const OF_SCRAPES: readonly string[] = ['job', 'instance'];

/** Expressions that ask for what nothing measures, by measure or by label, a sentence each. */
export function unknownNames(expressions: readonly Expression[], recorded: readonly string[]): string[] {
  const labelsOf = knownNames(recorded);
  const findings = expressions.flatMap(({ where, text }) =>
    selectorsIn(text).flatMap(({ name, labels }) => {
      const known = labelsOf.get(name);
      if (known === undefined) return [`${where}: nothing measures ${name}`];
      if (known === null) return [];
      const unknown = labels.filter((label) => !known.includes(label) && !OF_SCRAPES.includes(label));
      return unknown.map((label) => `${where}: ${name} has no label ${label}`);
    }),
  );
  return [...new Set(findings)];
}

/** Names of series and their labels; null where these are not looked at: of what rules record, and of what prom-client measures. */
function knownNames(recorded: readonly string[]): Map<string, readonly string[] | null> {
  const known = new Map<string, readonly string[] | null>(Object.entries(OF_PROMETHEUS));
  for (const name of [...recorded, ...PROCESS_MEASURES]) known.set(name, null);
  for (const { name, type, labels } of [...documentedFamilies('gateway'), ...documentedFamilies('ocr')]) {
    if (type !== 'histogram') known.set(name, labels);
    else for (const part of ['bucket', 'sum', 'count']) known.set(`${name}_${part}`, [...labels, 'le']);
  }
  return known;
}

/** Of prom-client, for which services/gateway/src/main.test.ts looks in a scrape. */
export const PROCESS_MEASURES = ['process_resident_memory_bytes', 'process_cpu_seconds_total'] as const;
