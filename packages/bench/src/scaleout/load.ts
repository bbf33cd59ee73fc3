import { Redis } from 'ioredis';
import type { Installation } from './installation.ts';

/** Statements that were sent to the database, by whose they are. */
export type Whose = 'ours' | 'transaction' | 'queue';

export interface Statement {
  readonly whose: Whose;
  readonly text: string;
  readonly calls: number;
  /** Milliseconds in the server, without the way there. */
  readonly ms: number;
}

/** What the database did since `forget`. */
export async function statementsSince({ sql }: Installation): Promise<Statement[]> {
  const rows = await sql<{ query: string; calls: string; ms: number }>(
    `SELECT s.query, sum(s.calls) AS calls, sum(s.total_exec_time + s.total_plan_time) AS ms
     FROM pg_stat_statements s JOIN pg_roles r ON r.oid = s.userid
     WHERE s.toplevel AND r.rolname IN ('docusnap_api', 'docusnap_worker') GROUP BY s.query`,
  );
  const names = await sql<{ name: string }>(NAMES_OF_QUEUE);
  const queue = new Set(names.map(({ name }) => name));
  return rows.map(({ query, calls, ms }) => ({ whose: whoseIs(query, queue), text: query, calls: Number(calls), ms }));
}

export async function forgetStatements({ sql }: Installation): Promise<void> {
  await sql('SELECT pg_stat_statements_reset()');
}

/** Functions and tables of BullMQ's schema whose names none of ours bears. */
const NAMES_OF_QUEUE = `SELECT proname AS name FROM pg_proc WHERE pronamespace = to_regnamespace('bullmq')
  UNION SELECT relname FROM pg_class WHERE relnamespace = to_regnamespace('bullmq')
  EXCEPT (SELECT proname FROM pg_proc WHERE pronamespace <> to_regnamespace('bullmq')
    UNION SELECT relname FROM pg_class WHERE relnamespace <> to_regnamespace('bullmq'))`;
const TRANSACTION = /^(BEGIN|START TRANSACTION|COMMIT|ROLLBACK)\b|docusnap\.tenant|^SELECT set_config\(\$/i;
/** What is called, and what is read or written. */
const NAMED = /\b([a-z_]+)\s*\(|\b(?:from|into|update|join)\s+([a-z_]+)\b/gi;

export function whoseIs(query: string, namesOfQueue: ReadonlySet<string>): Whose {
  if (TRANSACTION.test(query)) return 'transaction';
  const named = [...query.matchAll(NAMED)].map(([, called, touched]) => called ?? touched ?? '');
  return named.some((name) => namesOfQueue.has(name)) ? 'queue' : 'ours';
}

/** What clients ask a queue on Redis: its scripts, and to be woken. What those scripts do is part of them. */
const OPERATIONS = new Set(['evalsha', 'eval', 'bzpopmin']);

/** How often Redis was asked so since it began. */
export async function redisOperations({ redis }: Installation): Promise<number> {
  if (!redis) return 0;
  const client = new Redis(redis.url);
  const text = await client.info('commandstats').finally(() => client.disconnect());
  return [...text.matchAll(/^cmdstat_([^:]+):calls=(\d+)/gm)]
    .filter(([, name = '']) => OPERATIONS.has(name))
    .reduce((all, [, , calls]) => all + Number(calls), 0);
}
