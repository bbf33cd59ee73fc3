import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

export interface InstalledPackage {
  readonly name: string;
  readonly version: string;
  /** As its package.json says; empty where it says nothing. */
  readonly licence: string;
}

/** Free to use, change and pass on, with their text or their authors' names at most. */
const ALLOWED: ReadonlySet<string> = new Set([
  'MIT',
  'ISC',
  'BSD-2-Clause',
  'BSD-3-Clause',
  '0BSD',
  'Apache-2.0',
  'BlueOak-1.0.0',
  'Unlicense',
  'CC0-1.0',
  'Python-2.0',
  'Zlib',
]);

/** Taken only where NOTICE names the package and says how its terms are kept. */
const NAMED_IN_NOTICE: ReadonlySet<string> = new Set([
  'LGPL-3.0',
  'LGPL-3.0-or-later',
  'EPL-2.0',
  'MPL-2.0',
  'CC-BY-4.0',
  'BSL-1.0',
  'boost',
  'SEE LICENSE IN README.md AND LICENSE',
]);

/** Packages that declare nothing, by what their own LICENSE or readme says. */
const READ_BY_HAND: Readonly<Record<string, string>> = {
  'humanize-number@0.0.2': 'MIT',
  'seq-queue@0.0.5': 'MIT',
};

/** Every package that pnpm has installed below a repository's root. */
export function installedPackages(root: string): InstalledPackage[] {
  const store = join(root, 'node_modules', '.pnpm');
  return readdirSync(store).flatMap((folder) => {
    // `@scope+name@1.0.0_peers` holds `node_modules/@scope/name`, and links to what that needs beside it.
    const name = /^(@[^@]+|[^@]+)@/.exec(folder)?.[1]?.replace('+', '/');
    const path = join(store, folder, 'node_modules', name ?? '', 'package.json');
    return name === undefined || !existsSync(path) ? [] : [readPackage(readFileSync(path, 'utf8'))];
  });
}

interface Manifest {
  readonly name: string;
  readonly version: string;
  readonly license?: string | { readonly type?: string };
  readonly licenses?: readonly { readonly type?: string }[];
}

function readPackage(text: string): InstalledPackage {
  const { name, version, license, licenses = [] } = JSON.parse(text) as Manifest;
  const declared =
    typeof license === 'string' ? license : (license?.type ?? licenses.map(({ type }) => type).join(' OR '));
  return { name, version, licence: declared };
}

/** Why a package may not be installed; null when it may. */
export function licenceFault({ name, version, licence }: InstalledPackage, notice: string): string | null {
  const terms = licence || READ_BY_HAND[`${name}@${version}`] || '';
  const of = `${name}@${version}`;
  if (terms === '') return `${of} declares no licence`;
  if (isMet(terms, (one) => ALLOWED.has(one))) return null;
  if (!isMet(terms, (one) => ALLOWED.has(one) || NAMED_IN_NOTICE.has(one))) return `${of}: ${terms} is not allowed`;
  return isNamed(name, notice) ? null : `${of}: ${terms} needs a word in NOTICE`;
}

/** Whether the terms of an SPDX expression can be kept by what is allowed: one side of OR, both of AND. */
function isMet(expression: string, allowed: (licence: string) => boolean): boolean {
  if (allowed(expression)) return true;
  const plain = expression.replaceAll(/[()]/g, '');
  return plain.split(/ or /i).some((choice) => choice.split(/ and /i).every((one) => allowed(one.trim())));
}

/** NOTICE names a family of packages with a star: `@img/sharp-libvips-*`. */
function isNamed(name: string, notice: string): boolean {
  const words = notice.split(/[\s,;()]+/);
  return words.some(
    (word) => word === name || (word.endsWith('*') && word.length > 3 && name.startsWith(word.slice(0, -1))),
  );
}
