import { execFile } from 'node:child_process';
import { createHash, scryptSync } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdir, open, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { openStream, sealStream } from '@docusnap/blobs';
import { StartError } from '../start-error.ts';

/** A file as it stands in the list of a backup: its path there, and what its content is known by. */
export interface FileSum {
  readonly path: string;
  readonly bytes: number;
  readonly sha256: string;
}

/** The files of one backup. */
export interface Archive {
  /** Stores what `source` yields. */
  put(path: string, source: AsyncIterable<Uint8Array>): Promise<FileSum>;
  get(path: string): AsyncIterable<Buffer>;
}

/** How a passphrase becomes the key that a backup is sealed with. */
export interface Sealing {
  readonly kdf: 'scrypt';
  readonly salt: string;
  readonly cost: number;
}

/** Of scrypt: 128 MiB of memory and some tenths of a second for each guess. */
export const SCRYPT_COST = 2 ** 17;
const SCRYPT_BLOCK = 8;
const KEY_BYTES = 32;
/** A folder of this name holds what is sealed. */
const SEALED = 'sealed';

/** No segment is empty, begins with a dot or leads elsewhere, so a list that somebody changed writes nothing outside of its folder. */
const SEGMENT = /^[A-Za-z0-9_-][A-Za-z0-9._-]*$/;

export function isSafePath(path: string): boolean {
  return path.split('/').every((segment) => SEGMENT.test(segment));
}

/** @param passphrase null where the files are kept as they are */
export function openArchive(folder: string, sealing: Sealing | null, passphrase: string | null): Archive {
  if (sealing === null) return archiveIn(folder, { seal: (_path, bytes) => bytes, open: (_path, bytes) => bytes });
  if (passphrase === null) throw new StartError('The backup is sealed: name its passphrase by --passphrase-file FILE.');
  const key = keyOf(passphrase, sealing);
  // The envelope of stored files. Its context is the path: no file can stand in for another.
  return archiveIn(join(folder, SEALED), {
    seal: (path, bytes) => sealStream(key, path, bytes),
    open: (path, bytes) => openStream(key, path, bytes),
  });
}

function keyOf(passphrase: string, { salt, cost }: Sealing): Buffer {
  const maxmem = 2 * 128 * cost * SCRYPT_BLOCK;
  return scryptSync(passphrase, Buffer.from(salt, 'base64'), KEY_BYTES, { cost, blockSize: SCRYPT_BLOCK, maxmem });
}

interface Envelope {
  seal(path: string, bytes: AsyncIterable<Uint8Array>): AsyncIterable<Uint8Array>;
  open(path: string, bytes: AsyncIterable<Buffer>): AsyncIterable<Buffer>;
}

function archiveIn(folder: string, { seal, open: unseal }: Envelope): Archive {
  return {
    async put(path, source) {
      const sum = newSum();
      await writeWhole(join(folder, path), seal(path, sum.over(source)));
      return sum.of(path);
    },
    get: (path) => unseal(path, readWhole(join(folder, path))),
  };
}

/** Opened when it is read: a stream that nobody reads yet would throw where nobody listens. */
export async function* readWhole(path: string): AsyncGenerator<Buffer> {
  yield* createReadStream(path);
}

/** Writes a new file; when the source fails, nothing is left. It is on the disk after the next `flushDisk`. */
export async function writeWhole(target: string, source: AsyncIterable<Uint8Array>): Promise<void> {
  await mkdir(dirname(target), { recursive: true, mode: 0o700 });
  const file = await open(target, 'wx', 0o600);
  try {
    for await (const piece of source) await file.writeFile(piece);
  } catch (error) {
    await rm(target, { force: true });
    throw error;
  } finally {
    await file.close();
  }
}

/** Once for all files: to wait for each of a database's thousand took a minute on a slow disk. */
export async function flushDisk(): Promise<void> {
  await promisify(execFile)('sync');
}

/** Counts and hashes a stream that passes through it. */
export function newSum() {
  const hash = createHash('sha256');
  let bytes = 0;
  return {
    async *over(source: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
      for await (const piece of source) {
        hash.update(piece);
        bytes += piece.length;
        yield piece;
      }
    },
    of: (path: string): FileSum => ({ path, bytes, sha256: hash.digest('hex') }),
  };
}
