import { setTimeout as pause } from 'node:timers/promises';
import { AppError } from '@docusnap/contracts';
import { closeDatabase, isMigrated, openDatabase } from '@docusnap/db';
import type { AwaitSchemaConfig } from './config.ts';

/** Milliseconds between two looks. */
const LOOK_EVERY_MS = 1_000;

/**
 * Returns once the database has the schema that this version needs. Until then nothing is wrong: on a first start there is not even the role that
 * asks. Throws what the last look said when time is up.
 */
export async function awaitSchema(config: AwaitSchemaConfig): Promise<void> {
  const db = openDatabase(config.DATABASE_WORKER_URL, { applicationName: 'docusnap-await-schema', poolSize: 1 });
  try {
    for (const deadline = Date.now() + config.MIGRATE_WAIT_SECONDS * 1_000; ; await pause(LOOK_EVERY_MS)) {
      const reason = await isMigrated(db).then(
        (isDone) => (isDone ? null : new Error('it is of an older version')),
        (error: unknown) => error,
      );
      if (reason === null) return;
      if (Date.now() >= deadline) throw new AppError('database_unavailable', undefined, { cause: causeOf(reason) });
    }
  } finally {
    await closeDatabase(db);
  }
}

function causeOf(reason: unknown): unknown {
  return reason instanceof AppError && reason.cause !== undefined ? reason.cause : reason;
}
