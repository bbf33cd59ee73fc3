import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import pg from 'pg';
import { SUPERUSER } from '../cluster.ts';
import type { Folders } from '../folders.ts';
import { readSecret, secretPath } from '../secrets.ts';
import { StartError } from '../start-error.ts';
import type { Archive, FileSum } from './archive.ts';
import { keepFile, treeOf, withEach } from './tree.ts';

/** What was copied of the database. */
export interface DatabaseCopy {
  readonly folders: readonly string[];
  readonly sums: readonly FileSum[];
}

/** In the backup. */
export const DATABASE = 'database';
const LOG = 'pg_wal';
/** The list of pages and the state of the server as of its last checkpoint: read last, as pg_basebackup does. */
const CONTROL = 'global/pg_control';

/** What belongs to the running server only, and what it makes anew (see "Making a Base Backup Using the Low Level API" in its manual). */
const LEFT_OUT =
  /^(postmaster\.(pid|opts)|backup_label(\.old)?|tablespace_map(\.old)?|backup_manifest|current_logfiles(\.tmp)?)$/;
const EMPTIED = /^(pg_replslot|pg_dynshmem|pg_notify|pg_serial|pg_snapshots|pg_stat_tmp|pg_subtrans)\//;
const PASSING = /(^|\/)(pgsql_tmp[^/]*|pg_internal\.init[^/]*)$/;

function isLeftOut(path: string): boolean {
  return LEFT_OUT.test(path) || EMPTIED.test(path) || PASSING.test(path);
}

/** Copies the files of a database whose server does not run: whatever state it ended in, its next start goes on from there. */
export async function keepStoppedDatabase(folders: Folders, archive: Archive): Promise<DatabaseCopy> {
  const { folders: inside, files } = await treeOf(folders.postgres, { skip: isLeftOut });
  return { folders: inside.map(inBackup), sums: await keepFiles(folders, archive, files) };
}

/**
 * Copies the files of a database while its server writes them, by the server's own rules: between pg_backup_start and pg_backup_stop, with all of
 * its log from the one to the other, which makes whole what was copied half-written. A slot keeps that log from being removed meanwhile; it goes
 * with the connection, however this ends.
 */
export async function keepRunningDatabase(folders: Folders, archive: Archive): Promise<DatabaseCopy> {
  const client = await connect(folders);
  try {
    const first = await beginBackup(client);
    const { folders: inside, files } = await treeOf(folders.postgres, { skip: isLeftOut });
    if (files.some((path) => path.startsWith('pg_tblspc/'))) throw new StartError('Tablespaces cannot be backed up.');
    const written = files.filter((path) => !path.startsWith(`${LOG}/`) && path !== CONTROL);
    const sums = await keepFiles(folders, archive, written);
    sums.push(...(await keepFiles(folders, archive, [CONTROL])));
    const { last, label } = await endBackup(client);
    const log = (await treeOf(join(folders.postgres, LOG))).files.filter(
      (name) => name.endsWith('.history') || (/^[0-9A-F]{24}$/.test(name) && name >= first && name <= last),
    );
    const logSums = await keepFiles(
      folders,
      archive,
      log.map((name) => `${LOG}/${name}`),
    );
    if (!log.includes(first) || !log.includes(last)) {
      throw new StartError('The database removed some of its log while it was copied. Make the backup again.');
    }
    return { folders: inside.map(inBackup), sums: [...sums, ...logSums, await keepLabel(archive, label)] };
  } finally {
    await client.end();
  }
}

async function connect(folders: Folders): Promise<pg.Client> {
  const [, , , port] = (await readFile(join(folders.postgres, 'postmaster.pid'), 'utf8')).split('\n');
  const client = new pg.Client({
    host: '127.0.0.1',
    port: Number(port),
    user: SUPERUSER,
    password: readSecret(secretPath(folders, 'superuserPassword')),
    database: 'postgres',
    application_name: 'docusnap backup',
    connectionTimeoutMillis: 5_000,
  });
  // What breaks between two statements shows in the next one.
  client.on('error', () => undefined);
  await client.connect();
  return client;
}

/** Gives the name of the first file of the log that the copy needs. */
async function beginBackup(client: pg.Client): Promise<string> {
  await client.query('SELECT pg_create_physical_replication_slot($1, true, true)', [`docusnap_backup_${process.pid}`]);
  const { rows } = await client.query<{ first: string }>(
    "SELECT pg_walfile_name(pg_backup_start('docusnap', true)) AS first",
  );
  return rows[0]!.first;
}

async function endBackup(client: pg.Client): Promise<{ last: string; label: string }> {
  const { rows } = await client.query<{ last: string; label: string }>(
    'SELECT pg_walfile_name(lsn) AS last, labelfile AS label FROM pg_backup_stop(false)',
  );
  return rows[0]!;
}

/** Tells the server that starts on the copy from where to go on. */
function keepLabel(archive: Archive, label: string): Promise<FileSum> {
  return archive.put(
    inBackup('backup_label'),
    (async function* () {
      yield Buffer.from(label);
    })(),
  );
}

async function keepFiles(folders: Folders, archive: Archive, paths: readonly string[]): Promise<FileSum[]> {
  const sums = await withEach(paths, (path) => keepFile(archive, inBackup(path), join(folders.postgres, path)));
  return sums.filter((sum) => sum !== null);
}

function inBackup(path: string): string {
  return `${DATABASE}/${path}`;
}
