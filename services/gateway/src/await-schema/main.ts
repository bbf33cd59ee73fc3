import { AppError } from '@docusnap/contracts';
import { ConfigError } from '@docusnap/runtime';
import { awaitSchema } from './await-schema.ts';
import { readAwaitSchemaConfig } from './config.ts';

/**
 * Ends with 0 once the database that DATABASE_WORKER_URL names has been migrated to this version. Where services are started beside their migration
 * (k8s/) it runs before each, which would otherwise ask for what is not there yet.
 */
try {
  await awaitSchema(readAwaitSchemaConfig(process.env));
} catch (error) {
  if (!(error instanceof ConfigError || error instanceof AppError)) throw error;
  const { cause } = error;
  const why = cause instanceof Error ? ` (${cause.message})` : '';
  process.stderr.write(`The database has not been migrated in time: ${error.message}${why}\n`);
  process.exitCode = 1;
}
