import { execFile } from 'node:child_process';
import { chown, mkdir, open, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { promisify } from 'node:util';
import type { Account } from './account.ts';
import type { Binaries } from './binaries.ts';
import { errorCode } from './error-code.ts';
import type { Progress } from './progress.ts';
import { StartError } from './start-error.ts';

const run = promisify(execFile);

export const SUPERUSER = 'postgres';

/**
 * Makes the database's folder where there is none. It is made beside its place and moved there when it is whole, so that
 * a start that was killed in between leaves nothing that looks like data.
 *
 * @param folder where the database lies or will lie
 */
export async function ensureCluster(
  folder: string,
  password: string,
  options: { binaries: Binaries; account: Account | null; progress: Progress },
): Promise<void> {
  const version = await clusterVersion(folder);
  if (version !== null) {
    const wanted = await serverVersion(options.binaries);
    if (version === wanted) return;
    throw new StartError(
      `The data in ${folder} were made by PostgreSQL ${version}, and this version of DocuSnap brings ${wanted}. ` +
        'Start the version of DocuSnap that made them.',
    );
  }
  options.progress.step('Making the database');
  const unfinished = `${folder}.new`;
  await rm(unfinished, { recursive: true, force: true });
  await mkdir(unfinished, { mode: 0o700 });
  if (options.account !== null) await chown(unfinished, options.account.uid, options.account.gid);
  await initialise(unfinished, password, options);
  await rename(unfinished, folder);
  await sync(dirname(folder));
}

/** The major version that made the folder; null when there is nothing. */
async function clusterVersion(folder: string): Promise<string | null> {
  try {
    return (await readFile(`${folder}/PG_VERSION`, 'utf8')).trim();
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return null;
    throw error;
  }
}

async function serverVersion(binaries: Binaries): Promise<string> {
  // "postgres (PostgreSQL) 18.4"
  const { stdout } = await run(binaries.postgres, ['--version'], { cwd: '/' });
  return /(\d+)[.\d]*\s*$/.exec(stdout.trim())?.[1] ?? stdout.trim();
}

async function initialise(
  folder: string,
  password: string,
  { binaries, account }: { binaries: Binaries; account: Account | null },
): Promise<void> {
  // initdb reads the password from a file only, which its user must be able to open.
  const passwordFile = `${folder}.password`;
  await writeFile(passwordFile, password, { mode: 0o600 });
  if (account !== null) await chown(passwordFile, account.uid, account.gid);
  // PostgreSQL's own collation: the same order on every machine, and it does not change with the system's libraries.
  const locale = ['--encoding=UTF8', '--locale=C', '--locale-provider=builtin', '--builtin-locale=C.UTF-8'];
  const access = [`--username=${SUPERUSER}`, '--auth=scram-sha-256', `--pwfile=${passwordFile}`];
  try {
    await run(binaries.initdb, [`--pgdata=${folder}`, '--no-instructions', ...locale, ...access], {
      cwd: '/',
      ...(account === null ? {} : { uid: account.uid, gid: account.gid }),
    });
  } catch (cause) {
    const said = cause instanceof Error && 'stderr' in cause ? String(cause.stderr).trim() : String(cause);
    throw new StartError(`The database could not be made in ${folder}: ${said}`, { cause });
  } finally {
    await rm(passwordFile, { force: true });
  }
}

async function sync(folder: string): Promise<void> {
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
