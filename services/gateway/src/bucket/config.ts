import { BLOB_RULES, BLOB_VARIABLES } from '@docusnap/blobs';
import { readConfig } from '@docusnap/runtime';
import { z } from 'zod';

const { BLOB_DIR: _folder, ...S3_VARIABLES } = BLOB_VARIABLES;

/** What the command reads of the environment: as the services, with an identity that may make buckets. */
const BucketConfig = BLOB_RULES.reduce(
  (schema, { holds, path, message }) => schema.refine(holds, { path, message, when: () => true }),
  z.object({
    ...S3_VARIABLES,
    BLOB_S3: z.string().describe(BLOB_VARIABLES.BLOB_S3.description ?? ''),
    BUCKET_WAIT_SECONDS: z.coerce
      .number()
      .min(0)
      .max(3_600)
      .default(60)
      .describe('Seconds that a store which does not answer yet is waited for.'),
  }),
);
export type BucketConfig = z.output<typeof BucketConfig>;

/** Throws ConfigError with every problem named. */
export function readBucketConfig(env: NodeJS.ProcessEnv): BucketConfig {
  return readConfig(BucketConfig, env);
}
