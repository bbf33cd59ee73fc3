import { AppError } from '@docusnap/contracts';
import { ConfigError } from '@docusnap/runtime';
import { bringUpToDate } from './bring-up-to-date.ts';
import { readMigrateConfig } from './config.ts';

/** `npm run migrate`: brings the database that DATABASE_OWNER_URL names to this version, and ends. Deployments run it before the services. */
try {
  await bringUpToDate(readMigrateConfig(process.env), (line) => void process.stdout.write(`${line}\n`));
} catch (error) {
  if (!(error instanceof ConfigError || error instanceof AppError)) throw error;
  const { cause } = error;
  process.stderr.write(`${error.message}${cause instanceof Error ? ` (${cause.message})` : ''}\n`);
  process.exitCode = 1;
}
process.disconnect?.();
