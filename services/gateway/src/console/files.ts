import { createHash } from 'node:crypto';
import { readdir, readFile, stat } from 'node:fs/promises';
import { extname, join } from 'node:path';
import { promisify } from 'node:util';
import { brotliCompress, constants, gzip } from 'node:zlib';

export type Encoding = 'br' | 'gzip';

/** One file of a build, as it is sent. */
export interface ServedFile {
  readonly type: string;
  /** Its name has a hash of its content in it: what was loaded once is good for ever. */
  readonly isHashed: boolean;
  readonly etag: string;
  /** Whether compressing makes it smaller. */
  readonly isText: boolean;
  readonly bytes: Buffer;
  /** Compressed once, when it is first asked for. */
  encoded(encoding: Encoding): Promise<Buffer>;
}

/** The files of a built page. */
export interface BuiltFiles {
  /** The file at a path below the folder, `index.html` or `assets/x.js`; undefined where the build has none of that name. */
  find(path: string): Promise<ServedFile | undefined>;
  /** Whether there is a build at all. */
  isBuilt(): Promise<boolean>;
}

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.json': 'application/json',
  '.webmanifest': 'application/manifest+json',
  '.png': 'image/png',
  '.jpg': 'image/jpeg',
  '.ico': 'image/x-icon',
  '.woff2': 'font/woff2',
  '.txt': 'text/plain; charset=utf-8',
  '.wasm': 'application/wasm',
};
const TEXTS = new Set(['.html', '.js', '.css', '.svg', '.json', '.webmanifest', '.txt', '.wasm']);
/** Of 0 to 11: the last step of brotli takes ten times as long for a twentieth of the bytes. */
const BROTLI_QUALITY = 9;
const HASHED_FOLDER = 'assets/';

const compressors: Readonly<Record<Encoding, (bytes: Buffer) => Promise<Buffer>>> = {
  br: (bytes) => promisify(brotliCompress)(bytes, { params: { [constants.BROTLI_PARAM_QUALITY]: BROTLI_QUALITY } }),
  gzip: (bytes) => promisify(gzip)(bytes, { level: 9 }),
};

/**
 * The files in a folder, kept in memory once they were asked for; a newer build is noticed by its index.html. Only names that the folder has are
 * looked up, so no path leads out of it.
 */
export function openBuiltFiles(folder: string): BuiltFiles {
  let builtAt = Number.NaN;
  let files = new Map<string, () => Promise<ServedFile>>();

  async function look(): Promise<void> {
    const at = await stat(join(folder, 'index.html')).then(
      ({ mtimeMs }) => mtimeMs,
      () => Number.NaN,
    );
    if (Object.is(at, builtAt)) return;
    const names = Number.isNaN(at) ? [] : await namesIn(folder);
    files = new Map(names.map((name) => [name, once(() => readServed(folder, name))]));
    builtAt = at;
  }

  return {
    async find(path) {
      if (path.endsWith('.html') || !files.has(path)) await look();
      return files.get(path)?.();
    },
    async isBuilt() {
      await look();
      return files.size > 0;
    },
  };
}

async function namesIn(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(join(folder, '/').length));
}

async function readServed(folder: string, name: string): Promise<ServedFile> {
  return servedFile(name, await readFile(join(folder, name)));
}

/** Bytes as a file of a name is sent. */
export function servedFile(name: string, bytes: Buffer): ServedFile {
  const extension = extname(name);
  const encodings = new Map<Encoding, Promise<Buffer>>();
  return {
    type: TYPES[extension] ?? 'application/octet-stream',
    isHashed: name.startsWith(HASHED_FOLDER),
    etag: createHash('sha256').update(bytes).digest('base64url').slice(0, 22),
    isText: TEXTS.has(extension),
    bytes,
    encoded(encoding) {
      const made = encodings.get(encoding) ?? compressors[encoding](bytes);
      encodings.set(encoding, made);
      return made;
    },
  };
}

function once<T>(make: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | undefined;
  return () => {
    made ??= make().catch((error: unknown) => {
      made = undefined;
      throw error;
    });
    return made;
  };
}
