import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { expressionsOf, unknownNames } from './expressions.ts';
import { type MonitoringFiles, readMonitoring } from './files.ts';
import { selectorsIn } from './names.ts';
import { lookAtAlerts, lookAtDashboards, lookAtScrapes } from './together.ts';

const FOLDER = fileURLToPath(new URL('../../../../../deploy/monitoring/', import.meta.url));

let files: MonitoringFiles;
beforeAll(async () => {
  files = await readMonitoring(FOLDER);
});

describe('names in an expression of PromQL', () => {
  test.each([
    ['up', [['up', []]]],
    ['sum by (route) (rate(a_total{status=~"5..", route!="x"}[5m]))', [['a_total', ['status', 'route']]]],
    [
      'max(a:b:rate5m) > 0 and on() (sum(c{d="e{f}"} offset 5m) or vector(0)) == bool 1',
      [
        ['a:b:rate5m', []],
        ['c', ['d']],
      ],
    ],
    [
      'a / ignoring(le) group_left(x) b unless on(instance) c',
      [
        ['a', []],
        ['b', []],
        ['c', []],
      ],
    ],
    ['histogram_quantile(0.95, sum by (le) (rate(s_bucket[5m])))', [['s_bucket', []]]],
  ])('%s', (expression, expected) => {
    expect(selectorsIn(expression)).toEqual(expected.map(([name, labels]) => ({ name, labels })));
  });
});

test('a measure or a label that nothing has is found, in rules, dashboards and runbooks', () => {
  const recorded = files.rules.flatMap(({ record }) => record ?? []);
  expect(unknownNames(expressionsOf(files), recorded)).toEqual([]);
  const wrong = [
    { where: 'a', text: 'rate(docusnap_pages_total[5m])' },
    { where: 'b', text: 'docusnap_units{stage="x"}' },
    { where: 'c', text: 'docusnap_stage_seconds{stage="decode"}' },
    { where: 'd', text: 'docusnap_stage_seconds_bucket{le="1",stage="decode",job="j"}' },
  ];
  expect(unknownNames(wrong, recorded)).toEqual([
    'a: nothing measures docusnap_pages_total',
    'b: docusnap_units has no label stage',
    'c: nothing measures docusnap_stage_seconds',
  ]);
});

test('an alert without severity, runbook or tests is found, and a runbook that nobody is led to', () => {
  expect(lookAtAlerts(files)).toEqual([]);
  const rule = { alert: 'Lonely', expr: 'up', labels: {}, annotations: { summary: 'x', runbook: 'runbooks/gone.md' } };
  const runbooks = new Map([...files.runbooks, ['orphan', '# Orphan\n\n## Symptom\n']]);
  expect(lookAtAlerts({ ...files, rules: [...files.rules, rule], runbooks })).toEqual([
    'Lonely: its severity is none of critical, warning',
    'Lonely: runbooks/gone.md is no runbook of it',
    'Lonely: there is no test in which it fires',
    'runbooks/orphan.md: no alert leads there',
    'runbooks/orphan.md: it has no ## Meaning, ## How to look, ## What to do',
  ]);
});

test('a dashboard that asks nothing, or nobody, or lies over itself is found', () => {
  expect(files.dashboards.map(({ uid }) => uid).sort((a, b) => a.localeCompare(b))).toEqual([
    'docusnap-ocr',
    'docusnap-service',
    'docusnap-tenants',
  ]);
  expect(lookAtDashboards(files)).toEqual([]);
  const place = { x: 20, y: 0, w: 8, h: 4 };
  const target = { expr: ' ', datasource: { type: 'prometheus', uid: 'elsewhere' } };
  const panels = [
    { id: 1, type: 'stat', title: 'one', gridPos: place, targets: [target] },
    { id: 1, type: 'stat', title: 'two', gridPos: { ...place, x: 0, w: 24 }, targets: [] },
  ];
  const faults = lookAtDashboards({ ...files, dashboards: [{ uid: 'a', title: 'A', file: 'a.json', panels }] });
  expect(faults).toEqual([
    'grafana/dashboards/a.json: two panels have one id',
    'grafana/dashboards/a.json: "one" is wider than the page',
    'grafana/dashboards/a.json: "one" lies over "two"',
    'grafana/dashboards/a.json: "one" asks elsewhere, which is none',
    'grafana/dashboards/a.json: "one" asks nothing',
    'grafana/dashboards/a.json: "two" asks nothing',
  ]);
});

test('a scrape of what is not there is found, and an expression of a job that there is not', () => {
  const zones = {
    components: { gateway: { ports: { http: 8000, metrics: 9464 } }, ocr: { ports: { metrics: 9501 } } },
    flows: [{ from: 'prometheus', to: 'gateway', ports: ['metrics'] }],
  };
  const scrapes = [
    { job_name: 'docusnap-gateway', dns_sd_configs: [{ names: ['gateway'], port: 9464 }] },
    { job_name: 'docusnap-ocr', dns_sd_configs: [{ names: ['ocr'], port: 9501 }] },
  ];
  const expressions = [
    { where: 'a', text: 'up{job="docusnap-gateway"}' },
    { where: 'b', text: 'up{job=~"docusnap-x|y"}' },
  ];
  expect(lookAtScrapes({ ...files, scrapes }, zones, expressions)).toEqual([
    'prometheus.yml: docusnap-ocr asks ocr at 9501, which zones.json does not allow',
    'b: there is no job docusnap-x|y',
  ]);
});
