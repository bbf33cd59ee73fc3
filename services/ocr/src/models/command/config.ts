import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { readConfig } from '@docusnap/runtime';
import { z } from 'zod';

const ROOT = fileURLToPath(new URL('../../../../../', import.meta.url));

/** What `npm run models` reads of the environment. */
const ModelsConfig = z.object({
  OCR_MODELS_DIR: z.string().optional(),
  /** As of the embedded start. */
  DOCUSNAP_HOME: z.string().optional(),
  /** npm runs scripts in the root; paths are meant from where the person stands. */
  INIT_CWD: z.string().optional(),
});

/** The folder that models are fetched into and looked for in: OCR_MODELS_DIR, else that of the embedded start. */
export function readModelsFolder(env: NodeJS.ProcessEnv): string {
  const { OCR_MODELS_DIR, DOCUSNAP_HOME, INIT_CWD } = readConfig(ModelsConfig, env);
  if (OCR_MODELS_DIR !== undefined) return resolve(INIT_CWD ?? '.', OCR_MODELS_DIR);
  return join(DOCUSNAP_HOME ?? join(ROOT, '.docusnap'), 'models');
}
