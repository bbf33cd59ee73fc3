import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { PageText } from '@docusnap/contracts';
import type { Crew } from '../contender/crew.ts';

/** Reads many drawn pages, given as encoded images one by one; what could not be read comes back as an Error in its place. */
export type ReadWhole = (pages: readonly (() => Promise<Buffer>)[]) => Promise<(PageText | Error)[]>;

export function readerOf(crew: Crew, folder: string): ReadWhole {
  let drawn = 0;
  return (pages) =>
    crew.share(pages, async (process, draw) => {
      drawn += 1;
      const image = join(folder, `drawn-${drawn}`);
      await writeFile(image, await draw());
      const page = await process.ask({ kind: 'decode', image, turn: 0, path: `${image}.tif` });
      const { text } = await process.ask({ kind: 'whole', page });
      await Promise.all([rm(image), rm(page.path)]);
      return text;
    });
}
