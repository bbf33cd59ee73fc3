import { basename, extname } from 'node:path';

/** What files of results are called; `isTaken` says whether that name is another's. "receipt.jpg" gives "receipt.md", or "receipt.jpg.md". */
export function outputNames(
  path: string,
  extensions: readonly string[],
  isTaken: (name: string) => boolean,
): readonly string[] {
  const whole = basename(path);
  const stem = basename(whole, extname(whole)) || whole;
  for (let count = 0; ; count += 1) {
    const base = count === 0 ? stem : count === 1 ? whole : `${whole}-${count}`;
    const names = extensions.map((extension) => `${base}.${extension}`);
    if (!names.some(isTaken)) return names;
  }
}
