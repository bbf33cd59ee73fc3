import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { AppError } from '@docusnap/contracts';
import { PART_SUFFIX } from '../fetch-file.ts';
import { locateModelFile, readModelFile } from '../files.ts';
import { filesOf } from '../registry.ts';
import type { Bench } from './command.ts';

/** Hashes every installed file; the exit code is 1 when one is not what the catalogue says. Other files in the folder are only named. */
export async function verifyFiles({ registry, folder, print, complain }: Bench): Promise<number> {
  const files = filesOf(...registry);
  let damaged = 0;
  for (const file of files) {
    const found = await locateModelFile(file, folder);
    if (found === null) continue;
    try {
      await readModelFile(file, folder);
      print(`ok  ${found.path}`);
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      complain(`BAD ${error.message}`);
      damaged += 1;
    }
  }
  const known = new Set(files.map(({ file }) => file));
  for (const name of (await readdir(folder).catch(() => [])).filter((entry) => !known.has(entry))) {
    const what = name.endsWith(PART_SUFFIX)
      ? 'left by a download that was killed; may be deleted'
      : 'not in the catalogue';
    print(`?   ${join(folder, name)} (${what})`);
  }
  return damaged === 0 ? 0 : 1;
}
