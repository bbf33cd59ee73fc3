import { randomBytes } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { mkdir, readFile } from 'node:fs/promises';
import { join, resolve, sep } from 'node:path';
import { lockHolder, takeLock } from '../../lock.mjs';
import { errorCode } from '../error-code.ts';
import { type Folders, foldersOf } from '../folders.ts';
import { endLeftovers } from '../leftovers.ts';
import type { Progress } from '../progress.ts';
import { readRunning } from '../running.ts';
import { StartError } from '../start-error.ts';
import { type Archive, type FileSum, openArchive, SCRYPT_COST, type Sealing } from './archive.ts';
import { type DatabaseCopy, keepRunningDatabase, keepStoppedDatabase } from './database.ts';
import { type Manifest, writeManifest } from './manifest.ts';
import { keepFile, treeOf, withEach } from './tree.ts';

/** In the backup. */
export const BLOBS = 'blobs';
export const SECRETS = 'secrets';

export interface BackUpOptions {
  /** Whether the keys go into it. */
  readonly keys: boolean;
  /** Seals it; null leaves the files as they are. */
  readonly passphrase: string | null;
  readonly progress: Progress;
  /** Of DocuSnap. */
  readonly version: string;
}

/**
 * Copies an installation into an empty folder: while it runs, by the rules of its database, or while it does not, under its lock. Stored files come
 * before the database and once more after it: so each that a row speaks of is there, whatever is submitted meanwhile.
 */
export async function backUp(home: string, target: string, options: BackUpOptions): Promise<Manifest> {
  const folders = foldersOf(home);
  const postgres = serverVersion(folders);
  await makeEmpty(target, folders);
  const isRunning = lockHolder(folders.lock, folders.data) !== null;
  const release = isRunning ? refuseUnlessReady(folders) : await keepStopped(folders, options.progress);
  try {
    const sealing = newSealing(options.passphrase);
    const archive = openArchive(target, sealing, options.passphrase);
    const sums: FileSum[] = [];
    options.progress.step('Copying the stored files');
    const seen = await keepBlobs(folders, archive, { seen: new Set(), sums });
    options.progress.step(isRunning ? 'Copying the database, which runs' : 'Copying the database');
    const keep = isRunning ? keepRunningDatabase : keepStoppedDatabase;
    const database: DatabaseCopy = await keep(folders, archive);
    sums.push(...database.sums);
    options.progress.step('Copying what was stored meanwhile');
    if (isRunning) await keepBlobs(folders, archive, { seen, sums });
    if (options.keys) await keepSecrets(folders, archive, sums);
    return await writeManifest(
      target,
      archive,
      {
        made_at: new Date().toISOString(),
        docusnap: options.version,
        postgres,
        while_running: isRunning,
        keys: options.keys,
        sealed: sealing,
        folders: [...database.folders],
      },
      sums,
    );
  } finally {
    release();
  }
}

/** Major version of the database's files, which also says that there are any. */
function serverVersion(folders: Folders): string {
  try {
    return readFileSync(join(folders.postgres, 'PG_VERSION'), 'utf8').trim();
  } catch (error) {
    if (errorCode(error) !== 'ENOENT') throw error;
    throw new StartError(`There is no installation in ${folders.home}: nothing to back up.`, { cause: error });
  }
}

async function makeEmpty(target: string, folders: Folders): Promise<void> {
  const isInside = [folders.data, folders.secrets].some((own) => `${resolve(target)}${sep}`.startsWith(`${own}${sep}`));
  if (isInside) throw new StartError(`${target} lies in the installation itself. Name a folder elsewhere.`);
  mkdirSync(target, { recursive: true, mode: 0o700 });
  if (readdirSync(target).length > 0) {
    throw new StartError(`${target} is not empty, and a backup overwrites nothing. Name a new folder.`);
  }
}

function refuseUnlessReady(folders: Folders): () => void {
  if (readRunning(folders) !== null) return () => undefined;
  throw new StartError(`DocuSnap in ${folders.home} is just starting or stopping. Try again when that is done.`);
}

/** Holds the lock, so that nobody starts it meanwhile. */
async function keepStopped(folders: Folders, progress: Progress): Promise<() => void> {
  const { lock, holder } = takeLock(folders.lock, folders.data);
  if (lock === undefined) throw new StartError(`DocuSnap was just started in ${folders.home} (process ${holder}).`);
  try {
    await endLeftovers(folders, progress);
  } catch (error) {
    lock.release();
    throw error;
  }
  return () => lock.release();
}

function newSealing(passphrase: string | null): Sealing | null {
  return passphrase === null ? null : { kdf: 'scrypt', salt: randomBytes(16).toString('base64'), cost: SCRYPT_COST };
}

interface Kept {
  readonly seen: ReadonlySet<string>;
  readonly sums: FileSum[];
}

/** Copies what was not seen yet. What is removed meanwhile belonged to jobs that were erased. */
async function keepBlobs(folders: Folders, archive: Archive, { seen, sums }: Kept): Promise<Set<string>> {
  await mkdir(folders.blobs, { recursive: true, mode: 0o700 });
  // Files that are being written have names of their own, which begin with a dot.
  const { files } = await treeOf(folders.blobs, { skip: (path) => path.startsWith('.') });
  const unseen = files.filter((path) => !seen.has(path));
  const kept = await withEach(unseen, (path) => keepFile(archive, `${BLOBS}/${path}`, join(folders.blobs, path)));
  sums.push(...kept.filter((sum) => sum !== null));
  return new Set(files);
}

async function keepSecrets(folders: Folders, archive: Archive, sums: FileSum[]): Promise<void> {
  const { files } = await treeOf(folders.secrets, { skip: (path) => path.endsWith('.new') });
  for (const path of files) {
    const content = await readFile(join(folders.secrets, path));
    sums.push(
      await archive.put(
        `${SECRETS}/${path}`,
        (async function* () {
          yield content;
        })(),
      ),
    );
  }
}
