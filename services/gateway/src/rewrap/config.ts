import { KEY_SERVICE_VARIABLES } from '@docusnap/blobs';
import { readConfig } from '@docusnap/runtime';
import { z } from 'zod';

/** What `npm run keys` reads of the environment, beside what the embedded start sets for it. */
const RewrapConfig = z.object({
  DATABASE_WORKER_URL: z.string().describe('PostgreSQL as docusnap_worker.'),
  MASTER_KEY: z.string().describe('The new key first, then the old ones: "new:base64,old:base64".'),
  ...KEY_SERVICE_VARIABLES,
});
export type RewrapConfig = z.output<typeof RewrapConfig>;

/** Throws ConfigError with every problem named. */
export function readRewrapConfig(env: NodeJS.ProcessEnv): RewrapConfig {
  return readConfig(RewrapConfig, env);
}
