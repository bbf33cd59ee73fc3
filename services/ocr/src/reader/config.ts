import { readConfig } from '@docusnap/runtime';
import { z } from 'zod';
import { ModelSetNames } from '../models/names.ts';
import { PROVIDERS } from '../provider.ts';

/** What the main process puts into a reader's environment: no secret is among it, data keys come with each request. */
export const ReaderConfig = z.object({
  BLOB_DIR: z.string().min(1),
  OCR_EXECUTION_PROVIDER: z.enum(PROVIDERS),
  OCR_MODELS: ModelSetNames,
  OCR_MODELS_DIR: z.string().optional(),
});
export type ReaderConfig = z.infer<typeof ReaderConfig>;

export function readReaderConfig(env: NodeJS.ProcessEnv): ReaderConfig {
  return readConfig(ReaderConfig, env);
}
