import type { RandomAccess } from '@docusnap/blobs';

/** The path by which PDFium opens the file that was lent to it. */
export const DOCUMENT_PATH = '/document';

/** No descriptor of Emscripten's own file system, which counts from 0. */
const DOCUMENT = 1_000_000;
/** Of WASI and Emscripten. */
const [SUCCESS, EIO] = [0, 29];
const [SEEK_SET, SEEK_CUR] = [0, 1];
const REGULAR_FILE = 0o100_400;
/** Of Emscripten's `struct stat`: bytes, and where mode and size stand in it. */
const STAT = { bytes: 96, mode: 4, size: 24 } as const;

type Call = (...values: never[]) => unknown;
interface Imports {
  readonly env: WebAssembly.ModuleImports;
  readonly wasi_snapshot_preview1: WebAssembly.ModuleImports;
}

export interface FileCalls {
  /** The imports of the module, with calls that answer for the lent file before those of Emscripten. */
  before(imports: Imports): Imports;
  lend(file: RandomAccess): void;
  /** What was thrown as the lent file was read, if anything was: whoever made the call heard of an input/output error only. */
  failure(): unknown;
}

/**
 * The system calls by which PDFium reads a file. So it takes what it needs of a document from where that lies, and no process holds it whole: the
 * callbacks of FPDF_LoadCustomDocument would need a place in the module's table of functions, which cannot grow.
 *
 * @param memory the module's, which moves when it grows
 */
export function openFileCalls(memory: () => Uint8Array): FileCalls {
  let file: RandomAccess | undefined;
  let position = 0;
  let failure: unknown;
  const view = (): DataView => new DataView(memory().buffer);

  const open = (_folder: number, path: number): number | undefined => {
    const bytes = memory();
    const name = Buffer.from(bytes.buffer, path, bytes.indexOf(0, path) - path).toString();
    if (name !== DOCUMENT_PATH || !file) return undefined;
    position = 0;
    return DOCUMENT;
  };
  const status = (_descriptor: number, at: number): number => {
    memory().fill(0, at, at + STAT.bytes);
    view().setUint32(at + STAT.mode, REGULAR_FILE, true);
    view().setBigInt64(at + STAT.size, BigInt(file!.length), true);
    return SUCCESS;
  };
  const seek = (_descriptor: number, offset: bigint, whence: number, at: number): number => {
    const from = whence === SEEK_SET ? 0 : whence === SEEK_CUR ? position : file!.length;
    position = from + Number(offset);
    view().setBigInt64(at, BigInt(position), true);
    return SUCCESS;
  };
  /** Into `count` pieces of memory, each given by its place and its length. */
  const read = (_descriptor: number, pieces: number, count: number, at: number): number => {
    let total = 0;
    try {
      for (let piece = pieces; piece < pieces + count * 8; piece += 8) {
        const [start, length] = [view().getUint32(piece, true), view().getUint32(piece + 4, true)];
        const taken = file!.read(position, memory().subarray(start, start + length));
        position += taken;
        total += taken;
      }
    } catch (error) {
      failure = error;
      return EIO;
    }
    view().setUint32(at, total, true);
    return SUCCESS;
  };

  return {
    before({ env, wasi_snapshot_preview1: wasi }) {
      const orElse =
        (ours: Call, theirs: WebAssembly.ImportValue | undefined) =>
        (descriptor: number, ...rest: never[]): unknown =>
          (descriptor === DOCUMENT ? ours : (theirs as Call))(descriptor as never, ...rest);
      const theirOpen = env.__syscall_openat as Call;
      return {
        env: {
          ...env,
          __syscall_openat: (folder: number, path: number, ...rest: never[]) =>
            open(folder, path) ?? theirOpen(folder as never, path as never, ...rest),
          __syscall_fstat64: orElse(status, env.__syscall_fstat64),
        },
        wasi_snapshot_preview1: {
          ...wasi,
          fd_read: orElse(read, wasi.fd_read),
          fd_seek: orElse(seek, wasi.fd_seek),
          fd_close: orElse(() => SUCCESS, wasi.fd_close),
        },
      };
    },
    lend(lent) {
      [file, position, failure] = [lent, 0, undefined];
    },
    failure: () => failure,
  };
}
