import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { AppError } from '@docusnap/contracts';
import { fetchFile } from '../fetch-file.ts';
import { locateModelFile, readModelFile } from '../files.ts';
import { filesOf, findModelSet, type ModelFile } from '../registry.ts';
import type { Bench } from './command.ts';
import { megabytes } from './size.ts';

/**
 * Downloads what is missing of the sets named, and what is there but damaged. A file that fails does not keep the others from coming; the exit
 * code is then 1. Throws `models_unavailable` for a name that is not in the catalogue, before anything is fetched.
 */
export async function pullSets(bench: Bench, names: readonly string[]): Promise<number> {
  const sets = names.map((name) => findModelSet(name, bench.registry));
  let failures = 0;
  for (const file of filesOf(...sets)) {
    try {
      await pullFile(bench, file);
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      bench.complain(`${file.file}: ${error.code}: ${error.message}`);
      failures += 1;
    }
  }
  if (failures === 0) bench.print(`Ready to be loaded: OCR_MODELS_DIR=${bench.folder} OCR_MODELS=${names.join(',')}`);
  return failures === 0 ? 0 : 1;
}

async function pullFile(bench: Bench, file: ModelFile): Promise<void> {
  if (await isSound(file, bench.folder)) {
    bench.print(`${file.file}: is installed`);
    return;
  }
  if ('package' in file.from) {
    const found = await locateModelFile(file, bench.folder);
    const inFolder = found?.path === join(bench.folder, file.file);
    const where = `It comes with the npm package ${file.from.package}`;
    throw new AppError(
      'models_unavailable',
      inFolder
        ? `${found.path} is not the file of the catalogue; delete it. ${where}.`
        : `${where}, which "npm start" installs.`,
    );
  }
  bench.print(`${file.file}: from ${new URL(file.from.url).host} ...`);
  await fetchFile(file, file.from.url, bench.folder, bench);
  const { size } = await stat(join(bench.folder, file.file));
  bench.print(`${file.file}: ${megabytes(size)}, SHA-256 as in the catalogue`);
}

async function isSound(file: ModelFile, folder: string): Promise<boolean> {
  try {
    await readModelFile(file, folder);
    return true;
  } catch (error) {
    if (error instanceof AppError) return false;
    throw error;
  }
}
