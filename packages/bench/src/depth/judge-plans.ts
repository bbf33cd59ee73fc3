import { type ExecutedPlan, type PlanNode, rowsOf, stepsOf } from './plan-log.ts';

/** A table of more rows must not be read without an index: fewer are read as fast as they are looked up. */
export const SMALL_TABLE_ROWS = 5_000;
/** Rows that one step may sort; an answer has a hundred at most, a batch a thousand. */
export const SORTED_ROWS = 5_000;
/** Rows that one statement may take out of tables and indexes; a sweep counts up to 11,000 units, the most that anything reads. */
export const READ_ROWS = 12_000;

/** `npm run keys`: who rotates master keys wants every data key, and asks for them a part at a time. */
const WHOLE_BY_DESIGN = /^SELECT (ARRAY\[|'jobs' AS place).* FROM \w+ WHERE master_key_id (<>|IS NOT NULL)/;

export type FaultKind = 'reads a table without an index' | 'sorts many rows' | 'reads many rows';

/** Something that would take longer with a deeper database. */
export interface Fault {
  readonly kind: FaultKind;
  /** Table, or what is sorted. */
  readonly what: string;
  readonly rows: number;
  readonly role: string;
  readonly statement: string;
}

/** What is wrong with a plan that was executed. `tableRows`: how many each table has, as the planner knows. */
export function faultsOf(executed: ExecutedPlan, tableRows: ReadonlyMap<string, number>): Fault[] {
  const { role, statement } = executed;
  if (WHOLE_BY_DESIGN.test(statement)) return [];
  const steps = stepsOf(executed.plan);
  const whole = steps.filter((step) => step['Node Type'] === 'Seq Scan' && wasRun(step) && isLarge(step, tableRows));
  const sorts = steps.filter((step) => step['Node Type'] === 'Sort' && rowsOf(step) > SORTED_ROWS);
  const read = steps.filter(readsRows).reduce((sum, step) => sum + rowsOf(step), 0);
  return [
    ...whole.map((step) => fault('reads a table without an index', step['Relation Name'] ?? '', rowsOf(step))),
    ...sorts.map((step) => fault('sorts many rows', step['Node Type'], rowsOf(step))),
    ...(read > READ_ROWS ? [fault('reads many rows', tablesOf(steps), read)] : []),
  ];

  function fault(kind: FaultKind, what: string, rows: number): Fault {
    return { kind, what, rows: Math.round(rows), role, statement };
  }
}

/** A statement is told once, by the run of it that read most. */
export function worstOf(faults: readonly Fault[]): Fault[] {
  const worst = new Map<string, Fault>();
  for (const fault of faults) {
    const key = [fault.kind, fault.what, fault.statement].join('\0');
    const known = worst.get(key);
    if (known === undefined || known.rows < fault.rows) worst.set(key, fault);
  }
  return [...worst.values()].toSorted((a, b) => b.rows - a.rows);
}

const wasRun = (step: PlanNode): boolean => (step['Actual Loops'] ?? 1) > 0;

function isLarge(step: PlanNode, tableRows: ReadonlyMap<string, number>): boolean {
  // What statistics do not know yet counts by what was read of it.
  return Math.max(tableRows.get(step['Relation Name'] ?? '') ?? 0, rowsOf(step)) > SMALL_TABLE_ROWS;
}

const readsRows = (step: PlanNode): boolean => step['Relation Name'] !== undefined || step['Index Name'] !== undefined;

function tablesOf(steps: readonly PlanNode[]): string {
  return [...new Set(steps.flatMap((step) => step['Relation Name'] ?? []))].join(', ');
}
