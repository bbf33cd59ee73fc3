import { expect, test } from '@jest/globals';
import { faultsOf, READ_ROWS, SMALL_TABLE_ROWS, SORTED_ROWS, worstOf } from './judge-plans.ts';
import { type ExecutedPlan, executedPlans, type PlanNode } from './plan-log.ts';

const ROWS = new Map([
  ['jobs', 1_000_000],
  ['tenants', 20],
]);

const executed = (plan: PlanNode, statement = 'SELECT 1'): ExecutedPlan => ({
  role: 'docusnap_api',
  statement,
  milliseconds: 1,
  plan,
});
const scan = (table: string, rows: number, more: Partial<PlanNode> = {}): PlanNode => ({
  'Node Type': 'Seq Scan',
  'Relation Name': table,
  'Actual Rows': rows,
  'Actual Loops': 1,
  ...more,
});
const kindsOf = (plan: PlanNode): string[] => faultsOf(executed(plan), ROWS).map(({ kind }) => kind);

test('a large table that is read without an index is a fault, however deep in the plan and however few rows come out', () => {
  const nested: PlanNode = { 'Node Type': 'Limit', 'Actual Rows': 1, 'Actual Loops': 1, Plans: [scan('jobs', 1)] };
  expect(kindsOf(nested)).toEqual(['reads a table without an index']);
  expect(kindsOf(scan('tenants', 20))).toEqual([]);
  expect(kindsOf(scan('jobs', 0, { 'Actual Loops': 0 }))).toEqual([]);
});

test('a table that statistics do not know yet counts by what was read of it', () => {
  expect(kindsOf(scan('new_table', 10, { 'Rows Removed by Filter': SMALL_TABLE_ROWS }))).toEqual([
    'reads a table without an index',
  ]);
  expect(kindsOf(scan('new_table', SMALL_TABLE_ROWS))).toEqual([]);
});

test('many rows that are sorted, and many that are read by an index, are faults', () => {
  const found: PlanNode = {
    'Node Type': 'Index Scan',
    'Relation Name': 'jobs',
    'Index Name': 'jobs_list',
    'Actual Rows': 100,
    'Actual Loops': 50,
  };
  const sort = (rows: number): PlanNode => ({
    'Node Type': 'Sort',
    'Actual Rows': rows,
    'Actual Loops': 1,
    Plans: [found],
  });
  expect(kindsOf(sort(SORTED_ROWS))).toEqual([]);
  expect(kindsOf(sort(SORTED_ROWS + 1))).toEqual(['sorts many rows']);
  expect(kindsOf({ ...found, 'Rows Removed by Filter': READ_ROWS / 50 })).toEqual(['reads many rows']);
});

test('a statement is told once, by its worst run', () => {
  const faults = [10_000, 30_000, 20_000].flatMap((rows) => faultsOf(executed(scan('jobs', rows)), ROWS));
  expect(worstOf(faults).map(({ kind, rows }) => [kind, rows])).toEqual([
    ['reads a table without an index', 30_000],
    ['reads many rows', 30_000],
  ]);
});

test('what a command of an operator reads whole by design is none', () => {
  const counting =
    "SELECT 'jobs' AS place, master_key_id, count(*)::float8 AS count FROM jobs WHERE master_key_id IS NOT NULL GROUP BY 2";
  expect(faultsOf(executed(scan('jobs', 1_000_000), counting), ROWS)).toEqual([]);
});

test('plans are taken from the log of PostgreSQL, of one database, among other lines', () => {
  const plan = { 'Query Text': 'SELECT\n  1', Plan: scan('jobs', 3) };
  const message = `duration: 1.250 ms  plan:\n${JSON.stringify(plan)}`;
  const line = (dbname: string, text: string) => JSON.stringify({ dbname, user: 'docusnap_api', message: text });
  const log = [line('deep', message), line('other', message), line('deep', 'a plan: none'), 'checkpoint', ''].join(
    '\n',
  );
  expect(executedPlans(log, 'deep')).toEqual([
    { role: 'docusnap_api', statement: 'SELECT 1', milliseconds: 1.25, plan: plan.Plan },
  ]);
});
