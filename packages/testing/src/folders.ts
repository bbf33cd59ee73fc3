import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A process that was killed may still have written where all was removed a moment ago. */
const REMOVAL = { recursive: true, force: true, maxRetries: 10, retryDelay: 100 } as const;

export interface TemporaryFolder {
  readonly path: string;
  remove(): Promise<void>;
}

/** Where the ocr services of a run keep the models that the first of them prepared; "" outside a run, where each prepares its own. */
export function preparedModelsFolder(): string {
  return process.env.OCR_PREPARED_DIR ?? '';
}

/** A new empty folder that only this user may enter. */
export async function temporaryFolder(name = 'test'): Promise<TemporaryFolder> {
  const path = await mkdtemp(join(tmpdir(), `docusnap-${name}-`));
  return { path, remove: () => rm(path, REMOVAL) };
}
