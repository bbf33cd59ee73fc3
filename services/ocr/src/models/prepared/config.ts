// By itself: the whole of the package brings web server, metrics and traces, which nothing here needs.
import { readConfig } from '@docusnap/runtime/config';
import { z } from 'zod';
import { PROVIDERS } from '../../provider.ts';
import { ModelSetNames } from '../names.ts';

/** What the main process puts into the environment of the process that prepares the models. */
export const PreparationConfig = z.object({
  OCR_EXECUTION_PROVIDER: z.enum(PROVIDERS),
  OCR_MODELS: ModelSetNames,
  OCR_MODELS_DIR: z.string().optional(),
  /** Folder to write to; not a setting of an operator. */
  PREPARED_MODELS_DIR: z.string().min(1),
});
export type PreparationConfig = z.infer<typeof PreparationConfig>;

export function readPreparationConfig(env: NodeJS.ProcessEnv): PreparationConfig {
  return readConfig(PreparationConfig, env);
}
