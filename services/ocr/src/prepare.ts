import { AppError } from '@docusnap/contracts';
import { ConfigError } from '@docusnap/runtime';
import type { OcrConfig } from './config.ts';
import { openPreparedFolder } from './models/prepared/folder.ts';
import { type KeptModels, openKeptModels } from './models/prepared/kept.ts';
import { runPreparation } from './models/prepared/process.ts';
import type { Surroundings } from './open.ts';

/** Milliseconds that preparing all sets may take. */
const PREPARATION_MS = 120_000;

interface PrepareOptions extends Pick<Surroundings, 'lifecycle'> {
  readonly preparationEnvironment?: Readonly<Record<string, string>>;
  /** What names the programs that read. */
  readonly reading: Promise<string>;
}

/**
 * Has the models prepared once for all readers, those that are started later included, and gives what their environment needs to find them. With
 * OCR_PREPARED_DIR that is once for all starts, too; else the folder is removed when the service stops, also while it starts. Throws ConfigError
 * with the sentence of what is wrong with the models.
 */
export async function prepareForReaders(
  config: OcrConfig,
  { lifecycle, preparationEnvironment, reading }: PrepareOptions,
): Promise<Record<string, string>> {
  if (preparationEnvironment === undefined) return {};
  try {
    const kept = await openKept(config, reading);
    const found = await kept?.find();
    if (found !== undefined) return { PREPARED_MODELS_DIR: found };
    const folder = await openPreparedFolder(config.OCR_PREPARED_DIR);
    lifecycle.onStop('prepared models', folder.remove);
    const environment = { ...preparationEnvironment, PREPARED_MODELS_DIR: folder.path };
    await runPreparation({ environment, timeoutMs: PREPARATION_MS, signal: lifecycle.stopping });
    return { PREPARED_MODELS_DIR: kept ? await kept.keep(folder.path) : folder.path };
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    // For the operator: the sentence says what is missing, a stack would not.
    throw new ConfigError(
      `The readers cannot start (OCR_EXECUTION_PROVIDER=${config.OCR_EXECUTION_PROVIDER}): ${error.message}`,
    );
  }
}

async function openKept(config: OcrConfig, reading: Promise<string>): Promise<KeptModels | undefined> {
  if (config.OCR_PREPARED_DIR === undefined) return undefined;
  return openKeptModels(config.OCR_PREPARED_DIR, {
    programs: await reading,
    sets: config.OCR_MODELS,
    provider: config.OCR_EXECUTION_PROVIDER,
  });
}
