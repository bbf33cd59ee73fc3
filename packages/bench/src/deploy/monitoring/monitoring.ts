import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parse } from 'yaml';
import { type CheckOutcome, type DeployCheck, type DeployContext, findingsFigure } from '../check.ts';
import { expressionsOf, unknownNames } from './expressions.ts';
import { type MonitoringFiles, readMonitoring } from './files.ts';
import { complaintsOf, has, unreadable } from './promtool.ts';
import { rotated } from './rotation.ts';
import { lookAtAlerts, lookAtDashboards, lookAtScrapes, type Zones } from './together.ts';

/** What deploy/monitoring holds: that its parts agree with each other and with what is measured, and that the programs take it that it is for. */
export const MONITORING_CHECK: DeployCheck = { name: 'monitoring', short: true, run: checkMonitoring };

async function checkMonitoring({ root, folder }: DeployContext): Promise<CheckOutcome> {
  const at = join(root, 'deploy', 'monitoring');
  const files = await readMonitoring(at);
  const zones = JSON.parse(await readFile(join(root, 'deploy', 'zones.json'), 'utf8')) as Zones;
  const expressions = expressionsOf(files);
  const recorded = files.rules.flatMap(({ record }) => record ?? []);
  const findings = [
    ...unknownNames(expressions, recorded),
    ...lookAtAlerts(files),
    ...lookAtDashboards(files),
    ...lookAtScrapes(files, zones, expressions),
    ...(await unparsed(at)),
  ];
  const { complaints, notRun } = await askPrograms({ at, folder }, files);
  const lookedAt = expressions.length + files.dashboards.length + files.runbooks.size + files.scrapes.length;
  return {
    figures: [
      findingsFigure('monitoring: expressions, dashboards, alerts and runbooks', findings, lookedAt),
      findingsFigure('monitoring: what promtool, amtool and logrotate say', complaints, 5 - notRun.length),
    ],
    findings: [...findings, ...complaints],
    notRun,
  };
}

/** Files of programs that are not to be had here: that they can be read at all. */
const PLAIN = [
  'loki.yml',
  'otel-collector.yml',
  'fluent-bit/parse.yaml',
  'fluent-bit/docker-to-loki.yaml',
  'fluent-bit/docker-to-elasticsearch.yaml',
  'fluent-bit/journald-to-loki.yaml',
  'fluent-bit/journald-to-elasticsearch.yaml',
  'grafana/provisioning/dashboards/docusnap.yaml',
];

async function unparsed(at: string): Promise<string[]> {
  const findings: string[] = [];
  for (const file of PLAIN) {
    try {
      parse(await readFile(join(at, file), 'utf8'));
    } catch (error) {
      findings.push(`${file}: ${String(error)}`);
    }
  }
  return findings;
}

async function askPrograms({ at, folder }: { at: string; folder: string }, files: MonitoringFiles) {
  const complaints: string[] = [];
  const notRun: string[] = [];
  const say = 'is not installed (deploy/ci/tools deploy)';
  if (await has('promtool', '--version')) {
    complaints.push(
      ...(await complaintsOf('promtool', ['check', 'config', 'prometheus.yml'], at)),
      ...(await complaintsOf('promtool', ['test', 'rules', 'rules/tests/alerts.yml'], at)),
      ...(await unreadable(expressionsOf(files), folder)),
    );
  } else notRun.push(`promtool ${say}`);
  if (await has('amtool', '--version')) {
    complaints.push(...(await complaintsOf('amtool', ['check-config', 'alertmanager.yml'], at)));
  } else notRun.push(`amtool ${say}`);
  if (await has('logrotate', '--version'))
    complaints.push(...(await rotated(join(at, 'logrotate', 'docusnap'), folder)));
  else notRun.push(`logrotate ${say}`);
  return { complaints, notRun };
}
