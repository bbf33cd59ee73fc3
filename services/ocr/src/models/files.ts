import { createHash } from 'node:crypto';
import { readFile, stat } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { AppError } from '@docusnap/contracts';
import type { ModelFile } from './registry.ts';

/** A file where it lies. */
export interface FoundFile {
  readonly path: string;
  readonly bytes: number;
}

/**
 * Where a model file lies: in the folder, if that has one of its name, else in its npm package. So a mounted folder need hold only what no
 * package brings, and may replace what one does.
 *
 * @returns null where it is in neither
 */
export async function locateModelFile(file: ModelFile, folder: string | undefined): Promise<FoundFile | null> {
  for (const path of placesOf(file, folder)) {
    const found = await stat(path).catch(() => null);
    if (found?.isFile()) return { path, bytes: found.size };
  }
  return null;
}

function placesOf({ file, from }: ModelFile, folder: string | undefined): string[] {
  const inPackage = 'package' in from ? packageFolder(from.package) : null;
  return [folder, inPackage].flatMap((place) => (place ? [join(place, file)] : []));
}

/** The folder of the npm package that holds its models; null where it is not installed. */
function packageFolder(name: string): string | null {
  try {
    return join(dirname(createRequire(import.meta.url).resolve(`${name}/node`)), 'assets');
  } catch {
    // Not installed: the folder may have the file.
    return null;
  }
}

/**
 * The bytes of a model file, once they are proven to be those of the registry: a damaged or exchanged model would read nonsense, and
 * say so nowhere.
 *
 * @throws AppError `models_unavailable` when the file cannot be read or is not the one the registry names
 */
export async function readModelFile(file: ModelFile, folder?: string): Promise<Buffer> {
  const found = await locateModelFile(file, folder);
  if (found === null) throw new AppError('models_unavailable', missing(file, folder));
  const bytes = await readFile(found.path).catch((cause: unknown) => {
    throw new AppError('models_unavailable', `The file ${found.path} cannot be read.`, { cause });
  });
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  if (sha256 !== file.sha256) {
    throw new AppError('models_unavailable', `The file ${found.path} has SHA-256 ${sha256}, expected ${file.sha256}.`);
  }
  return bytes;
}

function missing({ file, from }: ModelFile, folder: string | undefined): string {
  const inFolder = folder ? `${file} is not in ${folder}` : `${file} is missing (OCR_MODELS_DIR names no folder)`;
  return 'package' in from
    ? `${inFolder}, and the package ${from.package} is not installed.`
    : `${inFolder}. "npm run models -- pull" fetches it from ${new URL(from.url).host}.`;
}
