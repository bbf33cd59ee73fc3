import { AppError } from '@docusnap/contracts';
import { ConfigError } from '@docusnap/runtime';
import type { OcrConfig } from './config.ts';
import { openPreparedFolder } from './models/prepared/folder.ts';
import { runPreparation } from './models/prepared/process.ts';
import type { Surroundings } from './open.ts';

/** Milliseconds that preparing all sets may take. */
const PREPARATION_MS = 120_000;

interface PrepareOptions extends Pick<Surroundings, 'lifecycle'> {
  readonly preparationEnvironment?: Readonly<Record<string, string>>;
}

/**
 * Has the models prepared once for all readers, those that are started later included, and gives what their environment needs to find them. The
 * folder is removed when the service stops, also while it starts. Throws ConfigError with the sentence of what is wrong with the models.
 */
export async function prepareForReaders(
  config: OcrConfig,
  { lifecycle, preparationEnvironment }: PrepareOptions,
): Promise<Record<string, string>> {
  if (preparationEnvironment === undefined) return {};
  const folder = await openPreparedFolder();
  lifecycle.onStop('prepared models', folder.remove);
  const place = { PREPARED_MODELS_DIR: folder.path };
  const environment = { ...preparationEnvironment, ...place };
  await runPreparation({ environment, timeoutMs: PREPARATION_MS, signal: lifecycle.stopping }).catch((error) => {
    if (!(error instanceof AppError)) throw error;
    // For the operator: the sentence says what is missing, a stack would not.
    throw new ConfigError(
      `The readers cannot start (OCR_EXECUTION_PROVIDER=${config.OCR_EXECUTION_PROVIDER}): ${error.message}`,
    );
  });
  return place;
}
