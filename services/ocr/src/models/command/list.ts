import { locateModelFile } from '../files.ts';
import { filesOf, type ModelSet } from '../registry.ts';
import type { Bench } from './command.ts';
import { megabytes } from './size.ts';

const HEADINGS = ['NAME', 'GENERATION', 'TIER', 'SIZE', 'LICENCE', 'INSTALLED', 'TRIED', 'LANGUAGES'];
/** Of a set that reads dozens of languages so many are shown. */
const LANGUAGES_SHOWN = 6;

/** Prints the catalogue as a table. */
export async function listSets({ registry, folder, print }: Bench): Promise<number> {
  const rows = await Promise.all(registry.map((set) => rowOf(set, folder)));
  const table = [HEADINGS, ...rows];
  const widths = HEADINGS.map((_, column) => Math.max(...table.map((row) => row[column]!.length)));
  for (const row of table)
    print(
      row
        .map((cell, column) => cell.padEnd(widths[column]!))
        .join('  ')
        .trimEnd(),
    );
  print('');
  print(`Folder of models: ${folder}`);
  print('Not tried: in the catalogue by what its publishers say, never loaded by the makers of this program.');
  return 0;
}

async function rowOf(set: ModelSet, folder: string): Promise<string[]> {
  const files = filesOf(set);
  const found = await Promise.all(files.map((file) => locateModelFile(file, folder)));
  const sizes = files.map((file, index) => file.bytes ?? found[index]?.bytes);
  const size = sizes.every((bytes) => bytes !== undefined)
    ? megabytes(sizes.reduce((sum, bytes) => sum + bytes, 0))
    : 'unknown';
  const installed = found.includes(null) ? 'no' : 'yes';
  const tried = set.tried ? 'yes' : 'no';
  return [set.name, set.generation, set.tier, size, set.licence, installed, tried, languagesOf(set)];
}

function languagesOf({ languages }: ModelSet): string {
  const more = languages.length - LANGUAGES_SHOWN;
  return more > 0 ? `${languages.slice(0, LANGUAGES_SHOWN).join(' ')} and ${more} more` : languages.join(' ');
}
