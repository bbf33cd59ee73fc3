import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { basename, extname, join, resolve } from 'node:path';
import { z } from 'zod';
import { UsageError } from '../usage.ts';

/** One image of a folder, with its truth where that is known. */
export interface Image {
  /** The file's name without its ending: truth and prediction are NAME.json. */
  readonly name: string;
  readonly path: string;
  readonly truth: readonly string[] | null;
}

/** A folder of images as it was named on the command line. */
export interface ImageFolder {
  /** Whose targets and case rule apply. */
  readonly set: string;
  readonly images: readonly Image[];
  /** Truth without an image: it counts as read empty, as in any scorer that goes by the truth. */
  readonly withoutImage: readonly { readonly name: string; readonly truth: readonly string[] }[];
}

/** Endings of what the service reads as one page. */
const ENDINGS: ReadonlySet<string> = new Set(['.png', '.jpg', '.jpeg', '.webp', '.gif', '.tif', '.tiff', '.avif']);

const Lines = z.object({ lines: z.array(z.object({ text: z.string() })) });

/** @throws UsageError when the folder cannot be read or holds no image, or when two images would share a truth */
export function listImages(folder: string, { truth = folder, set = basename(resolve(folder)) }): ImageFolder {
  const files = filesIn(folder);
  const images = files
    .filter((file) => ENDINGS.has(extname(file).toLowerCase()))
    .map((file) => {
      const name = basename(file, extname(file));
      return { name, path: join(folder, file), truth: truthOf(join(truth, `${name}.json`)) };
    });
  if (images.length === 0) throw new UsageError(`There is no image in ${folder} (${[...ENDINGS].join(' ')})`);
  const names = new Set<string>();
  for (const { name } of images) {
    if (names.has(name))
      throw new UsageError(`Two images of ${folder} are named ${name}, and both would be ${name}.json`);
    names.add(name);
  }
  const withoutImage = filesIn(truth)
    .filter((file) => extname(file) === '.json' && !names.has(basename(file, '.json')))
    .flatMap((file) => {
      const lines = truthOf(join(truth, file));
      return lines === null ? [] : [{ name: basename(file, '.json'), truth: lines }];
    });
  return { set, images, withoutImage };
}

function filesIn(folder: string): string[] {
  try {
    return readdirSync(folder).sort();
  } catch (cause) {
    throw new UsageError(`The folder ${folder} cannot be read`, { cause });
  }
}

/** The lines of a page; null where no truth lies. A JSON file of something else is a mistake that must be seen. */
function truthOf(file: string): string[] | null {
  if (!existsSync(file)) return null;
  try {
    return Lines.parse(JSON.parse(readFileSync(file, 'utf8'))).lines.map(({ text }) => text);
  } catch (cause) {
    throw new UsageError(`Expected ${file} to hold {"lines":[{"text"}]}`, { cause });
  }
}
