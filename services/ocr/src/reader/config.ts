// By itself: the whole of the package brings web server, metrics and traces, which nothing here needs.
import { readConfig } from '@docusnap/runtime/config';
import { z } from 'zod';
import { PROVIDERS } from '../provider.ts';

/** What the main process puts into a reader's environment: no secret is among it, data keys come with each request. */
export const ReaderConfig = z.object({
  /** Absent where blobs are got by passes, which come with each request. */
  BLOB_DIR: z.string().min(1).optional(),
  OCR_EXECUTION_PROVIDER: z.enum(PROVIDERS),
  /** Folder of the models that the main process had prepared; not a setting of an operator. */
  PREPARED_MODELS_DIR: z.string().min(1),
});
export type ReaderConfig = z.infer<typeof ReaderConfig>;

export function readReaderConfig(env: NodeJS.ProcessEnv): ReaderConfig {
  return readConfig(ReaderConfig, env);
}
