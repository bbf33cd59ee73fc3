import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

/** A program that takes part in reading: its folder of sources, and the packages it depends on. */
export interface ReadingPart {
  readonly sources: string;
  /** The folder of its package.json. */
  readonly root: string;
}

/** Tests, and what they compare with, read no page. */
const NOT_READING = /\.test\.ts$|^(?:rehearsal|stages|damage)\//;

/**
 * What names the programs that read a page: a digest of their sources and of the versions of the packages below them. A page that was read by others
 * is read anew. A number that somebody raises when the text of a page changes would be forgotten once, and then pages would stay wrong; this
 * changes with every release that touches reading at all, which costs no more than one reading.
 */
export async function readingVersion(parts: readonly ReadingPart[] = READING_PARTS): Promise<string> {
  const hash = createHash('sha256');
  for (const part of parts) {
    for (const line of [...(await sourceLines(part)), ...(await packageLines(part))]) hash.update(`${line}\n`);
  }
  return hash.digest('hex').slice(0, 16);
}

const HERE = dirname(fileURLToPath(import.meta.url));
const ENGINE = dirname(fileURLToPath(import.meta.resolve('@docusnap/engine')));
export const READING_PARTS: readonly ReadingPart[] = [
  { sources: ENGINE, root: dirname(ENGINE) },
  { sources: HERE, root: dirname(HERE) },
];

async function sourceLines({ sources }: ReadingPart): Promise<string[]> {
  const entries = await readdir(sources, { recursive: true, withFileTypes: true });
  const names = entries
    .filter((entry) => entry.isFile() && /\.(?:ts|json)$/.test(entry.name))
    .map((entry) => relative(sources, join(entry.parentPath, entry.name)))
    .filter((name) => !NOT_READING.test(name))
    .sort();
  return Promise.all(names.map(async (name) => `${name} ${sha256(await readFile(join(sources, name)))}`));
}

async function packageLines({ root }: ReadingPart): Promise<string[]> {
  const { dependencies = {} } = JSON.parse(await readFile(join(root, 'package.json'), 'utf8')) as Manifest;
  const foreign = Object.entries(dependencies).filter(([, version]) => !version.startsWith('workspace:'));
  return Promise.all(
    foreign
      .map(([name]) => name)
      .sort()
      .map(async (name) => {
        const text = await readFile(join(root, 'node_modules', name, 'package.json'), 'utf8');
        return `${name} ${(JSON.parse(text) as Manifest).version}`;
      }),
  );
}

interface Manifest {
  readonly version?: string;
  readonly dependencies?: Readonly<Record<string, string>>;
}

function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}
