import { readPreparationConfig } from './config.ts';
import { prepareModels } from './prepare.ts';

/**
 * Prepares the models of a service for its readers, in a process of its own that takes with it the memory that this needs. Started by the ocr
 * service; ends with 0, or with 1 and the reason on standard error.
 */

async function main(): Promise<void> {
  const config = readPreparationConfig(process.env);
  await prepareModels(config.PREPARED_MODELS_DIR, config.OCR_MODELS, {
    provider: config.OCR_EXECUTION_PROVIDER,
    folder: config.OCR_MODELS_DIR,
  });
}

main().catch((error: unknown) => {
  process.stderr.write(error instanceof Error ? error.message : String(error));
  process.exitCode = 1;
});
