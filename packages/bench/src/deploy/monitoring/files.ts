import { readdir, readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { parse } from 'yaml';
import { z } from 'zod';

/** What deploy/monitoring holds, as far as it is looked at. */

const Rule = z.object({
  alert: z.string().optional(),
  record: z.string().optional(),
  expr: z.string(),
  labels: z.record(z.string(), z.string()).default({}),
  annotations: z.record(z.string(), z.string()).default({}),
});
export type Rule = z.infer<typeof Rule>;

const Rules = z.object({ groups: z.array(z.object({ name: z.string(), rules: z.array(Rule) })) });

const Tests = z.object({
  tests: z.array(
    z.object({
      alert_rule_test: z.array(z.object({ alertname: z.string(), exp_alerts: z.array(z.unknown()) })).default([]),
    }),
  ),
});

const Target = z.object({ expr: z.string(), datasource: z.object({ type: z.string(), uid: z.string() }) });
const Panel = z.object({
  id: z.number(),
  type: z.string(),
  title: z.string(),
  gridPos: z.object({ x: z.number(), y: z.number(), w: z.number(), h: z.number() }),
  targets: z.array(Target).default([]),
});
const Dashboard = z.object({ uid: z.string(), title: z.string(), panels: z.array(Panel) });
export type Dashboard = z.infer<typeof Dashboard> & { readonly file: string };

const Datasources = z.object({ datasources: z.array(z.object({ uid: z.string(), type: z.string() })) });

const Scrapes = z.object({
  scrape_configs: z.array(
    z.object({
      job_name: z.string(),
      dns_sd_configs: z.array(z.object({ names: z.array(z.string()), port: z.number() })).default([]),
    }),
  ),
});
export type Scrape = z.infer<typeof Scrapes>['scrape_configs'][number];

export interface MonitoringFiles {
  readonly rules: readonly Rule[];
  /** Of each alert: whether there is a test in which it fires, and one in which it does not. */
  readonly tested: ReadonlyMap<string, { readonly fires: boolean; readonly keepsQuiet: boolean }>;
  readonly dashboards: readonly Dashboard[];
  readonly datasources: ReadonlyMap<string, string>;
  readonly scrapes: readonly Scrape[];
  /** By their file names, without the ending. */
  readonly runbooks: ReadonlyMap<string, string>;
}

/** Throws what YAML, JSON or zod say where a file cannot be read as what it is. */
export async function readMonitoring(folder: string): Promise<MonitoringFiles> {
  const yaml = async (file: string): Promise<unknown> => parse(await readFile(join(folder, file), 'utf8'));
  const ruleFiles = await Promise.all(['rules/recording.yml', 'rules/alerts.yml'].map(yaml));
  return {
    rules: ruleFiles.flatMap((file) => Rules.parse(file).groups.flatMap(({ rules }) => rules)),
    tested: testedIn(Tests.parse(await yaml('rules/tests/alerts.yml'))),
    dashboards: await readDashboards(join(folder, 'grafana', 'dashboards')),
    datasources: new Map(
      Datasources.parse(await yaml('grafana/provisioning/datasources/docusnap.yaml')).datasources.map(
        ({ uid, type }) => [uid, type],
      ),
    ),
    scrapes: Scrapes.parse(await yaml('prometheus.yml')).scrape_configs,
    runbooks: await readRunbooks(join(folder, 'runbooks')),
  };
}

function testedIn({ tests }: z.infer<typeof Tests>): MonitoringFiles['tested'] {
  const tested = new Map<string, { fires: boolean; keepsQuiet: boolean }>();
  for (const { alertname, exp_alerts } of tests.flatMap((one) => one.alert_rule_test)) {
    const so_far = tested.get(alertname) ?? { fires: false, keepsQuiet: false };
    const now = exp_alerts.length > 0 ? { fires: true } : { keepsQuiet: true };
    tested.set(alertname, { ...so_far, ...now });
  }
  return tested;
}

async function readDashboards(folder: string): Promise<Dashboard[]> {
  const files = (await readdir(folder)).filter((file) => file.endsWith('.json'));
  return Promise.all(
    files.map(async (file) => ({
      file,
      ...Dashboard.parse(JSON.parse(await readFile(join(folder, file), 'utf8'))),
    })),
  );
}

async function readRunbooks(folder: string): Promise<Map<string, string>> {
  const files = await readdir(folder);
  const entries = files.map(
    async (file) => [basename(file, '.md'), await readFile(join(folder, file), 'utf8')] as const,
  );
  return new Map(await Promise.all(entries));
}
