import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { AppError } from '@docusnap/contracts';
import type { ModelFile, ModelSet } from './registry.ts';

/** The folder of the set's npm package that holds its files. */
export function packageFolder(set: ModelSet): string {
  try {
    return join(dirname(createRequire(import.meta.url).resolve(`${set.package.name}/node`)), 'assets');
  } catch (cause) {
    throw new AppError('models_unavailable', `The package ${set.package.name} is not installed.`, { cause });
  }
}

/**
 * The bytes of a model file, once they are proven to be those of the registry: a damaged or exchanged model would read nonsense, and
 * say so nowhere.
 *
 * @throws AppError `models_unavailable` when the file cannot be read or is not the one the registry names
 */
export async function readModelFile(folder: string, { file, sha256 }: ModelFile): Promise<Buffer> {
  const path = join(folder, file);
  const bytes = await readFile(path).catch((cause: unknown) => {
    throw new AppError('models_unavailable', `The file ${path} cannot be read.`, { cause });
  });
  const found = createHash('sha256').update(bytes).digest('hex');
  if (found !== sha256) {
    throw new AppError('models_unavailable', `The file ${path} has SHA-256 ${found}, expected ${sha256}.`);
  }
  return bytes;
}
