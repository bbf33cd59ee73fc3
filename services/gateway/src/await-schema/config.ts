import { readConfig } from '@docusnap/runtime';
import { z } from 'zod';

/** What waiting for the migration reads of the environment. */
export const AwaitSchemaConfig = z.object({
  DATABASE_WORKER_URL: z.string().describe('As of the services.'),
  MIGRATE_WAIT_SECONDS: z.coerce
    .number()
    .min(0)
    .max(3_600)
    .default(600)
    .describe('Seconds that the migration is waited for.'),
});
export type AwaitSchemaConfig = z.output<typeof AwaitSchemaConfig>;

/** Throws ConfigError with every problem named. */
export function readAwaitSchemaConfig(env: NodeJS.ProcessEnv): AwaitSchemaConfig {
  return readConfig(AwaitSchemaConfig, env);
}
