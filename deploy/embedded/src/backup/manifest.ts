import { createHash } from 'node:crypto';
import { open, readFile, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { errorCode } from '../error-code.ts';
import { StartError } from '../start-error.ts';
import {
  type Archive,
  type FileSum,
  flushDisk,
  isSafePath,
  openArchive,
  SCRYPT_COST,
  type Sealing,
} from './archive.ts';

/** Written last: a folder without it holds no backup. */
const MANIFEST = 'backup.json';
/** Hash and path of every file, in the form that `sha256sum --check` reads; sealed where the files are. */
const SUMS = 'SHA256SUMS';
const FORMAT = 'docusnap-backup/1';

const Manifest = z.strictObject({
  format: z.literal(FORMAT),
  made_at: z.iso.datetime(),
  /** Of DocuSnap, and the major version of the PostgreSQL whose files these are. */
  docusnap: z.string(),
  postgres: z.string().regex(/^\d+$/),
  while_running: z.boolean(),
  /** Whether the keys are in it. */
  keys: z.boolean(),
  sealed: z
    .strictObject({
      kdf: z.literal('scrypt'),
      salt: z.base64(),
      // Whoever changed this must not be able to make a restore take all memory.
      cost: z.number().int().min(2).max(SCRYPT_COST),
    })
    .nullable(),
  files: z.number().int().nonnegative(),
  bytes: z.number().int().nonnegative(),
  /** Folders, since PostgreSQL needs some that are empty. */
  folders: z.array(z.string().refine(isSafePath)),
  sums: z.string().regex(/^[0-9a-f]{64}$/),
});
export type Manifest = z.output<typeof Manifest>;

export type ManifestHead = Omit<Manifest, 'format' | 'files' | 'bytes' | 'sums'>;

/** Completes a backup. */
export async function writeManifest(
  folder: string,
  archive: Archive,
  head: ManifestHead,
  sums: readonly FileSum[],
): Promise<Manifest> {
  const list = Buffer.from(sums.map(({ sha256, path }) => `${sha256}  ${path}\n`).join(''));
  await archive.put(
    SUMS,
    (async function* () {
      yield list;
    })(),
  );
  const manifest: Manifest = {
    format: FORMAT,
    ...head,
    files: sums.length,
    bytes: sums.reduce((total, { bytes }) => total + bytes, 0),
    sums: createHash('sha256').update(list).digest('hex'),
  };
  await flushDisk();
  const path = join(folder, MANIFEST);
  const file = await open(`${path}.new`, 'w', 0o600);
  try {
    await file.writeFile(`${JSON.stringify(manifest, null, 2)}\n`);
    await file.sync();
  } finally {
    await file.close();
  }
  await rename(`${path}.new`, path);
  return manifest;
}

/** A backup that can be read: what it says of itself, and the hash of each of its files by path. */
export interface Backup {
  readonly manifest: Manifest;
  readonly archive: Archive;
  readonly hashes: ReadonlyMap<string, string>;
}

export async function openBackup(folder: string, passphrase: string | null): Promise<Backup> {
  const manifest = await readManifest(folder);
  const archive = openArchive(folder, manifest.sealed as Sealing | null, passphrase);
  const list = await readList(archive, manifest);
  if (createHash('sha256').update(list).digest('hex') !== manifest.sums) {
    throw new StartError(`The list of files in ${folder} is not the one that was written: the backup is damaged.`);
  }
  const hashes = new Map<string, string>();
  for (const line of list.split('\n')) {
    const [, sha256, path] = /^([0-9a-f]{64}) {2}(\S+)$/.exec(line) ?? [];
    if (sha256 !== undefined && path !== undefined && isSafePath(path)) hashes.set(path, sha256);
    else if (line !== '')
      throw new StartError(`The list of files in ${folder} has a line that names no file: "${line}".`);
  }
  return { manifest, archive, hashes };
}

async function readManifest(folder: string): Promise<Manifest> {
  let text: string;
  try {
    text = await readFile(join(folder, MANIFEST), 'utf8');
  } catch (error) {
    if (errorCode(error) !== 'ENOENT' && errorCode(error) !== 'ENOTDIR') throw error;
    throw new StartError(`${folder} holds no finished backup: there is no ${MANIFEST} in it.`, { cause: error });
  }
  const { data, error } = Manifest.safeParse(parse(text));
  if (data) return data;
  throw new StartError(
    `${join(folder, MANIFEST)} is damaged, or of a newer version of DocuSnap: ${z.prettifyError(error)}`,
  );
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // What is no JSON is no manifest either, which the schema then says.
    return null;
  }
}

async function readList(archive: Archive, manifest: Manifest): Promise<string> {
  try {
    return (await Array.fromAsync(archive.get(SUMS))).map(String).join('');
  } catch (error) {
    const why = manifest.sealed === null ? 'it is not there' : 'the passphrase is another one, or it is damaged';
    throw new StartError(`The list of files, ${SUMS}, cannot be read: ${why}.`, { cause: error });
  }
}
