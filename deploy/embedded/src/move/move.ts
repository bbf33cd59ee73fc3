import { copyFile, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { type BlobSettings, openStoredFiles } from '@docusnap/blobs';
import { migrate } from '@docusnap/db';
import { SUPERUSER } from '../cluster.ts';
import type { Folders } from '../folders.ts';
import { secretPath } from '../secrets.ts';
import { DATABASE_NAME } from '../services.ts';
import { startDatabaseAlone } from '../system.ts';
import { type ImportedTasks, importTasks } from './import-tasks.ts';
import { endMove, type MovedRows, type MoveOptions, moveDatabase } from './move-database.ts';
import { type MovedFiles, moveFiles } from './move-files.ts';

export interface Target {
  /** As docusnap_owner. */
  readonly databaseUrl: string;
  /** Null leaves the files where they are. */
  readonly blobs: BlobSettings | null;
  /** Folder that the keys are copied into; null leaves that to the reader of what is printed. */
  readonly keys: string | null;
}

export interface Moved {
  readonly rows: MovedRows;
  readonly files: MovedFiles | null;
  readonly folders: Folders;
}

/** Copies an embedded installation, whose system must not run, to a PostgreSQL and a store of its own. It stays as it is. */
export async function moveEmbedded(home: string, target: Target, options: MoveOptions): Promise<Moved> {
  const { folders, secrets, database, stop } = await startDatabaseAlone(home, options);
  try {
    const sourceUrl = database.url(SUPERUSER, secrets.superuserPassword, DATABASE_NAME);
    const rows = await moveDatabase(sourceUrl, target.databaseUrl, options);
    const files = target.blobs === null ? null : await moveFilesOf(folders, target.blobs, options);
    if (target.keys !== null) await copyKeys(folders, target.keys);
    // Last, so that a move which is cut off anywhere before goes on when it is begun again.
    await endMove(target.databaseUrl);
    return { rows, files, folders };
  } finally {
    await stop();
  }
}

async function moveFilesOf(folders: Folders, blobs: BlobSettings, options: MoveOptions): Promise<MovedFiles> {
  const source = await openStoredFiles({ ...blobs, BLOB_S3: undefined, BLOB_DIR: folders.blobs });
  return moveFiles(source, await openStoredFiles(blobs), options);
}

/** What opens the data, under the names by which deployments read secrets. */
export const KEY_FILES = ['masterKey', 'encryptionKeys', 'apiKey'] as const;

async function copyKeys(folders: Folders, target: string): Promise<void> {
  await mkdir(target, { recursive: true, mode: 0o700 });
  for (const name of KEY_FILES) {
    const from = secretPath(folders, name);
    await copyFile(from, join(target, from.slice(folders.secrets.length + 1)));
  }
}

/** Imports a `tasks.db` into the database at an address, or into the embedded installation where none is given. */
export async function moveTasks(
  path: string,
  to: { readonly databaseUrl: string } | { readonly home: string },
  options: MoveOptions,
): Promise<ImportedTasks> {
  if ('databaseUrl' in to) {
    await migrate(to.databaseUrl);
    return importTasks(path, to.databaseUrl, options);
  }
  const { secrets, database, stop } = await startDatabaseAlone(to.home, options);
  try {
    return await importTasks(path, database.url('docusnap_owner', secrets.ownerPassword, DATABASE_NAME), options);
  } finally {
    await stop();
  }
}
