import type { Expression } from './expressions.ts';
import type { Dashboard, MonitoringFiles } from './files.ts';

const HEADINGS = ['## Symptom', '## Meaning', '## How to look', '## What to do'];
const SEVERITIES = ['critical', 'warning'];

/** Each alert has a severity, a runbook and two tests; each runbook has an alert, and its four parts. */
export function lookAtAlerts({ rules, runbooks, tested }: MonitoringFiles): string[] {
  const findings: string[] = [];
  const needed = new Set<string>();
  for (const { alert, labels, annotations } of rules) {
    if (alert === undefined) continue;
    if (!SEVERITIES.includes(labels.severity ?? ''))
      findings.push(`${alert}: its severity is none of ${SEVERITIES.join(', ')}`);
    if (!annotations.summary) findings.push(`${alert}: it has no summary`);
    const [, runbook = ''] = /^runbooks\/([\w-]+)\.md$/.exec(annotations.runbook ?? '') ?? [];
    needed.add(runbook);
    if (!runbooks.get(runbook)?.includes(`\`${alert}\``))
      findings.push(`${alert}: ${annotations.runbook} is no runbook of it`);
    const { fires = false, keepsQuiet = false } = tested.get(alert) ?? {};
    if (!fires || !keepsQuiet)
      findings.push(`${alert}: there is no test in which it ${fires ? 'does not fire' : 'fires'}`);
  }
  for (const [name, text] of runbooks) {
    if (!needed.has(name)) findings.push(`runbooks/${name}.md: no alert leads there`);
    const missing = HEADINGS.filter((heading) => !text.includes(`\n${heading}\n`));
    if (missing.length > 0) findings.push(`runbooks/${name}.md: it has no ${missing.join(', ')}`);
  }
  return findings;
}

const COLUMNS = 24;

/** Each dashboard can be told from the others, and its panels ask sources that there are and do not overlap. */
export function lookAtDashboards({ dashboards, datasources }: MonitoringFiles): string[] {
  const uids = dashboards.map(({ uid }) => uid);
  const findings = uids.length === new Set(uids).size ? [] : ['grafana/dashboards: two dashboards have one uid'];
  return [...findings, ...dashboards.flatMap((dashboard) => faultsOf(dashboard, datasources))];
}

function faultsOf({ file, panels }: Dashboard, datasources: MonitoringFiles['datasources']): string[] {
  const at = `grafana/dashboards/${file}`;
  const findings: string[] = [];
  if (new Set(panels.map(({ id }) => id)).size < panels.length) findings.push(`${at}: two panels have one id`);
  for (const [index, { title, type, gridPos, targets }] of panels.entries()) {
    if (gridPos.x + gridPos.w > COLUMNS) findings.push(`${at}: "${title}" is wider than the page`);
    const under = panels.slice(index + 1).find((other) => overlap(gridPos, other.gridPos));
    if (under) findings.push(`${at}: "${title}" lies over "${under.title}"`);
    if (type !== 'row' && targets.length === 0) findings.push(`${at}: "${title}" asks nothing`);
    for (const { datasource, expr } of targets) {
      if (datasources.get(datasource.uid) !== datasource.type)
        findings.push(`${at}: "${title}" asks ${datasource.uid}, which is none`);
      if (expr.trim() === '') findings.push(`${at}: "${title}" asks nothing`);
    }
  }
  return findings;
}

type Place = Dashboard['panels'][number]['gridPos'];

function overlap(one: Place, other: Place): boolean {
  return one.x < other.x + other.w && other.x < one.x + one.w && one.y < other.y + other.h && other.y < one.y + one.h;
}

export interface Zones {
  readonly components: Readonly<Record<string, { readonly ports: Readonly<Record<string, number>> }>>;
  readonly flows: readonly {
    readonly from: string;
    readonly to: string;
    readonly ports?: readonly string[] | undefined;
  }[];
}

/** Whether Prometheus may ask a component at a port. */
function mayBeAsked({ components, flows }: Zones, { name, port }: { name: string; port: number }): boolean {
  const ports = flows.flatMap(({ from, to, ports = [] }) => (from === 'prometheus' && to === name ? ports : []));
  return ports.some((named) => components[name]?.ports[named] === port);
}

/** Prometheus asks whom it may, by zones.json; and expressions name jobs that it has. */
export function lookAtScrapes(
  { scrapes }: MonitoringFiles,
  zones: Zones,
  expressions: readonly Expression[],
): string[] {
  const asked = scrapes.flatMap(({ job_name, dns_sd_configs }) =>
    dns_sd_configs.flatMap(({ names, port }) => names.map((name) => ({ job_name, name, port }))),
  );
  const wrong = asked.filter((one) => !mayBeAsked(zones, one));
  const jobs = scrapes.map(({ job_name }) => job_name);
  const strange = expressions.flatMap(({ where, text }) =>
    [...text.matchAll(/\bjob(=~?)"([^"]*)"/g)]
      .filter(([, , pattern = '']) => !jobs.some((job) => new RegExp(`^(?:${pattern})$`).test(job)))
      .map(([, , pattern]) => `${where}: there is no job ${pattern}`),
  );
  return [
    ...wrong.map(
      ({ job_name, name, port }) =>
        `prometheus.yml: ${job_name} asks ${name} at ${port}, which zones.json does not allow`,
    ),
    ...strange,
  ];
}
