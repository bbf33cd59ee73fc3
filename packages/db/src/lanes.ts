import type { Lane } from '@docusnap/contracts';
import { type Database, queryOne } from './connection.ts';

/** What is to be done in one lane. */
export interface UnitCounts {
  readonly waiting: number;
  readonly held: number;
  /** Since the job of the oldest waiting unit was submitted; 0 when none waits. */
  readonly oldestWaitingSeconds: number;
}

/** Units that wait to be read are counted up to so many; more are as many as the last sweep added up, some seconds ago. */
const COUNTED_OF_READ = 1_000;
/** Jobs that wait to be understood; of more it is only told that they are as many. */
const COUNTED_OF_UNDERSTAND = 10_000;

const STATEMENTS: Readonly<Record<Lane, readonly [text: string, most: number]>> = {
  read: [statementOf('read_lane'), COUNTED_OF_READ],
  understand: [statementOf('understand_lane'), COUNTED_OF_UNDERSTAND],
};

/** How a lane stands, however much waits in it. Needs the worker role. */
export async function readLane(db: Database, lane: Lane): Promise<UnitCounts> {
  const [text, most] = STATEMENTS[lane];
  const row = await queryOne<{ waiting: string; held: string; oldest_seconds: number }>(db, text, [most]);
  return { waiting: Number(row.waiting), held: Number(row.held), oldestWaitingSeconds: row.oldest_seconds };
}

function statementOf(count: string): string {
  return `SELECT waiting, held, coalesce(extract(epoch FROM now() - oldest), 0)::float8 AS oldest_seconds FROM ${count}($1)`;
}
