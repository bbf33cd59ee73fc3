import { readConfig } from '@docusnap/runtime';
import { z } from 'zod';

/** What the migration reads of the environment. */
const Variables = z.object({
  DATABASE_OWNER_URL: z
    .string()
    .describe('PostgreSQL itself as docusnap_owner, not a pooler: its path names the database.'),
  DATABASE_SUPERUSER_URL: z
    .string()
    .optional()
    .describe('PostgreSQL as a superuser: then the roles and the database are made where they are missing.'),
  DATABASE_URL: z.string().optional().describe('As of the gateway; of it the password of docusnap_api is taken.'),
  DATABASE_WORKER_URL: z
    .string()
    .optional()
    .describe('As of the services; of it the password of docusnap_worker is taken.'),
  MIGRATE_WAIT_SECONDS: z.coerce
    .number()
    .min(0)
    .max(3_600)
    .default(60)
    .describe('Seconds that a database which does not answer yet is waited for.'),
});

export const MigrateConfig = Variables.refine(
  ({ DATABASE_SUPERUSER_URL, DATABASE_URL, DATABASE_WORKER_URL }) =>
    !DATABASE_SUPERUSER_URL || Boolean(DATABASE_URL && DATABASE_WORKER_URL),
  {
    path: [],
    message: 'DATABASE_SUPERUSER_URL needs DATABASE_URL and DATABASE_WORKER_URL, whose passwords the roles are given',
    when: () => true,
  },
);
export type MigrateConfig = z.output<typeof MigrateConfig>;

/** Throws ConfigError with every problem named. */
export function readMigrateConfig(env: NodeJS.ProcessEnv): MigrateConfig {
  return readConfig(MigrateConfig, env);
}
