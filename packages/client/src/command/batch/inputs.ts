import { readdirSync, realpathSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { UsageError } from '../exit-codes.ts';

/** Kinds of files that DocuSnap reads, as they are usually named. Files that are named one by one may be called anything. */
const READABLE = /\.(pdf|jpe?g|jfif|png|webp|gif|tiff?|avif|heic|heif|bmp)$/i;

/** The files that are meant: those named, and what can be read in the folders named. Throws UsageError where there are none. */
export function inputFiles(named: readonly string[]): string[] {
  if (named.length === 0) throw new UsageError('Name the files to read.');
  const files = named.flatMap((path) => (isFolder(path) ? readableIn(path) : [path]));
  if (files.length === 0) throw new UsageError(`There is nothing to read in ${named.join(', ')}.`);
  return [...new Set(files)];
}

export function readableIn(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isFile() && READABLE.test(entry.name) && !entry.name.startsWith('.'))
    .map((entry) => join(folder, entry.name))
    .sort();
}

export function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;
}

/** Throws UsageError where results would lie among the files of a folder that is read, as files to be read themselves. */
export function refuseMixing(
  named: readonly string[],
  { folder, extensions }: { readonly folder: string | undefined; readonly extensions: readonly string[] },
): void {
  const readable = extensions.find((extension) => READABLE.test(`.${extension}`));
  if (readable === undefined || folder === undefined || !isFolder(folder)) return;
  const results = realpathSync(folder);
  if (named.some((path) => isFolder(path) && realpathSync(path) === results))
    throw new UsageError(
      `Results that end in .${readable} would be read as files of ${folder}. Choose another folder for them: --out DIR`,
    );
}
