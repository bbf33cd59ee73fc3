import { ModelSetName } from '@docusnap/contracts';
import { z } from 'zod';
import { DEFAULT_SET } from './registry.ts';

/** OCR_MODELS: names of sets, apart by commas; a name that stands twice counts once. */
export const ModelSetNames = z
  .string()
  .default(DEFAULT_SET)
  .transform((text) => [...new Set(text.split(',').map((name) => name.trim()))])
  .pipe(z.array(ModelSetName));
