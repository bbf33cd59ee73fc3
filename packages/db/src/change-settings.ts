import { type BacklogLimits, backlogLimitsStatement } from './backlog.ts';
import { type Database, transaction } from './connection.ts';
import { keepJobsStatement } from './retention.ts';

/** What is set for all processes; what is left out stays as it is. */
export interface Settings {
  readonly backlog?: BacklogLimits | undefined;
  /** For how long jobs are kept after their end. */
  readonly keepSeconds?: number | undefined;
}

/** All of it or, where it fails, nothing. Needs the worker role. */
export async function changeSettings(db: Database, { backlog, keepSeconds }: Settings): Promise<void> {
  const statements = [
    ...(backlog === undefined ? [] : [backlogLimitsStatement(backlog)]),
    ...(keepSeconds === undefined ? [] : [keepJobsStatement({ seconds: keepSeconds })]),
  ];
  if (statements.length === 0) return;
  await transaction(db, async (client) => {
    for (const [text, values] of statements) await client.query(text, values);
  });
}
