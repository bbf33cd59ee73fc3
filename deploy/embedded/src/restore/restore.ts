import { existsSync, readdirSync } from 'node:fs';
import { chown, copyFile, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { takeLock } from '../../lock.mjs';
import { type Account, serverAccount } from '../account.ts';
import { flushDisk, newSum, writeWhole } from '../backup/archive.ts';
import { BLOBS, SECRETS } from '../backup/back-up.ts';
import { DATABASE } from '../backup/database.ts';
import { type Backup, type Manifest, openBackup } from '../backup/manifest.ts';
import { treeOf, withEach } from '../backup/tree.ts';
import { serverPackage } from '../binaries.ts';
import { errorCode } from '../error-code.ts';
import { chooseFolders, type Folders } from '../folders.ts';
import type { Progress } from '../progress.ts';
import { StartError } from '../start-error.ts';

export interface RestoreOptions {
  readonly passphrase: string | null;
  /** A folder with the keys, for backups without them; null where none is named. */
  readonly keys: string | null;
  readonly progress: Progress;
}

export interface Restored {
  readonly manifest: Manifest;
  readonly folders: Folders;
  /** Whether the keys are in their place now. */
  readonly hasKeys: boolean;
}

/** What is being put into place; beside the places, so that it takes a rename only. */
interface Staged {
  readonly database: string;
  readonly blobs: string;
  readonly secrets: string;
}

/**
 * Makes an installation from a backup where there is none. Every file is written beside its place and checked against its hash; only when all
 * are right, they are moved there, the database last. Cut off anywhere, the same command begins anew.
 */
export async function restore(home: string, from: string, options: RestoreOptions): Promise<Restored> {
  const backup = await openBackup(from, options.passphrase);
  refuseOtherServer(backup.manifest);
  const account = await serverAccount();
  const folders = await chooseFolders(home, account);
  const { lock, holder } = takeLock(folders.lock, folders.data);
  if (lock === undefined) throw new StartError(`DocuSnap runs in ${folders.home} (process ${holder}). Stop it first.`);
  try {
    await refuseToOverwrite(folders, backup);
    const staged = stagedOf(folders);
    await clearStage(staged);
    options.progress.step(`Restoring ${backup.hashes.size} files`);
    await makeFolders(staged, backup.manifest, account);
    if (options.keys !== null) await takeKeys(options.keys, staged.secrets);
    await withEach(backup.hashes.keys(), (path) => restoreFile(backup, path, placeOf(staged, path), account));
    await flushDisk();
    await moveIntoPlace(folders, staged, backup);
    return { manifest: backup.manifest, folders, hasKeys: existsSync(join(folders.secrets, 'master-key')) };
  } finally {
    lock.release();
  }
}

function refuseOtherServer({ postgres, docusnap }: Manifest): void {
  const ours = serverPackage().version.split('.')[0];
  if (postgres === ours) return;
  throw new StartError(
    `The backup holds a database of PostgreSQL ${postgres}, and this version of DocuSnap brings ${ours}. ` +
      `Restore it with the version that made it (${docusnap}).`,
  );
}

/** Written before the first thing is put into its place, and removed after the last: what an interrupted restore left may be replaced. */
const markOf = (folders: Folders): string => join(folders.home, 'restoring');

async function refuseToOverwrite(folders: Folders, { manifest }: Backup): Promise<void> {
  if (existsSync(folders.postgres)) {
    throw new StartError(`${folders.postgres} holds a database, and a restore overwrites nothing. Move it away first.`);
  }
  if ((await readIfThere(markOf(folders))) === manifest.sums) return;
  const filled = [folders.blobs, ...(manifest.keys ? [folders.secrets] : [])].find(
    (path) => readdirSync(path).length > 0,
  );
  if (filled !== undefined) {
    throw new StartError(`${filled} is not empty, and a restore overwrites nothing. Move what is in it away first.`);
  }
}

async function readIfThere(path: string): Promise<string | null> {
  return readFile(path, 'utf8').catch((error: unknown) => {
    if (errorCode(error) === 'ENOENT') return null;
    throw error;
  });
}

function stagedOf(folders: Folders): Staged {
  return {
    database: `${folders.postgres}.restoring`,
    blobs: `${folders.blobs}.restoring`,
    secrets: `${folders.secrets}.restoring`,
  };
}

async function clearStage(staged: Staged): Promise<void> {
  for (const path of Object.values(staged)) await rm(path, { recursive: true, force: true });
}

async function makeFolders(staged: Staged, manifest: Manifest, account: Account | null): Promise<void> {
  for (const path of Object.values(staged)) await mkdir(path, { mode: 0o700 });
  if (account !== null) await chown(staged.database, account.uid, account.gid);
  for (const path of manifest.folders) await makeOwned(placeOf(staged, path), account);
}

async function makeOwned(path: string, account: Account | null): Promise<void> {
  await mkdir(path, { recursive: true, mode: 0o700 });
  if (account !== null) await chown(path, account.uid, account.gid);
}

/** Where a file of the backup goes. */
function placeOf(staged: Staged, path: string): string {
  const [part, ...rest] = path.split('/');
  const base =
    part === DATABASE ? staged.database : part === BLOBS ? staged.blobs : part === SECRETS ? staged.secrets : null;
  if (base === null || rest.length === 0) throw new StartError(`The backup names "${path}", which has no place.`);
  return join(base, ...rest);
}

async function restoreFile(backup: Backup, path: string, target: string, account: Account | null): Promise<void> {
  const isDatabase = path.startsWith(`${DATABASE}/`);
  const sum = newSum();
  try {
    await writeWhole(target, sum.over(backup.archive.get(path)));
  } catch (error) {
    if (errorCode(error) === 'ENOSPC') throw new StartError(`The disk of ${target} is full.`, { cause: error });
    throw new StartError(`The backup is damaged: ${path} cannot be read.`, { cause: error });
  }
  if (sum.of(path).sha256 !== backup.hashes.get(path)) {
    throw new StartError(`The backup is damaged: ${path} is not what was backed up. Nothing was restored.`);
  }
  if (isDatabase && account !== null) await chown(target, account.uid, account.gid);
}

/** Keys that were kept elsewhere. */
async function takeKeys(folder: string, secrets: string): Promise<void> {
  const { files } = await treeOf(folder);
  if (!files.includes('master-key'))
    throw new StartError(`${folder} holds no file "master-key", so it is not that of the keys.`);
  for (const name of files.filter((path) => !path.includes('/')))
    await copyFile(join(folder, name), join(secrets, name));
}

async function moveIntoPlace(folders: Folders, staged: Staged, { manifest }: Backup): Promise<void> {
  await writeFile(markOf(folders), manifest.sums, { mode: 0o600 });
  const hasKeys = readdirSync(staged.secrets).length > 0;
  if (hasKeys) await replace(folders.secrets, staged.secrets);
  else await rm(staged.secrets, { recursive: true });
  await replace(folders.blobs, staged.blobs);
  await rename(staged.database, folders.postgres);
  await rm(markOf(folders));
}

async function replace(place: string, staged: string): Promise<void> {
  await rm(place, { recursive: true, force: true });
  await rename(staged, place);
}
