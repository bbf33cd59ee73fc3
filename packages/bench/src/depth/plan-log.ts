/** A step of a plan, as EXPLAIN (ANALYZE, FORMAT JSON) tells it. */
export interface PlanNode {
  readonly 'Node Type': string;
  readonly 'Relation Name'?: string;
  readonly 'Index Name'?: string;
  readonly 'Actual Rows'?: number;
  readonly 'Actual Loops'?: number;
  readonly 'Rows Removed by Filter'?: number;
  readonly 'Rows Removed by Index Recheck'?: number;
  readonly Plans?: readonly PlanNode[];
}

/** One statement that was executed, inside a function or not, and how. */
export interface ExecutedPlan {
  readonly role: string;
  /** Without the values. */
  readonly statement: string;
  readonly milliseconds: number;
  readonly plan: PlanNode;
}

interface LogLine {
  readonly dbname?: string;
  readonly user?: string;
  readonly message?: string;
}

interface AutoExplain {
  readonly 'Query Text': string;
  readonly Plan: PlanNode;
}

const PLAN = /^duration: ([\d.]+) ms {2}plan:\n/;

/** What auto_explain wrote of one database into PostgreSQL's log in JSON. Lines that are cut off or of something else are passed over. */
export function executedPlans(log: string, database: string): ExecutedPlan[] {
  return log.split('\n').flatMap((line) => {
    // Most lines of a log that holds anything else need not be parsed.
    if (!line.includes('plan:')) return [];
    const { dbname, user = '', message = '' } = JSON.parse(line) as LogLine;
    const duration = PLAN.exec(message);
    if (duration === null || dbname !== database) return [];
    const told = JSON.parse(message.slice(duration[0].length)) as AutoExplain;
    const statement = told['Query Text'].replace(/\s+/g, ' ').trim();
    return [{ role: user, statement, milliseconds: Number(duration[1]), plan: told.Plan }];
  });
}

/** The step and all below it. */
export function stepsOf(node: PlanNode): PlanNode[] {
  return [node, ...(node.Plans ?? []).flatMap(stepsOf)];
}

/** Rows that came out of a step, all its loops together; those that it threw away included. */
export function rowsOf(step: PlanNode): number {
  const dropped = (step['Rows Removed by Filter'] ?? 0) + (step['Rows Removed by Index Recheck'] ?? 0);
  return ((step['Actual Rows'] ?? 0) + dropped) * (step['Actual Loops'] ?? 1);
}
