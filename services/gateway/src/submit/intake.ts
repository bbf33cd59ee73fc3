import type { BlobStore } from '@docusnap/blobs';
import { AppError, blobKeyOf, ERRORS, type ErrorCode } from '@docusnap/contracts';
import type { NewFile } from '@docusnap/db';
import type { SeenFile } from '../once/digest.ts';
import { fileName } from './fields.ts';
import { inspectFile } from './inspect.ts';

export interface IntakeLimits {
  readonly filesPerJob: number;
  /** Bytes of one image. */
  readonly imageBytes: number;
  /** Bytes of one PDF. */
  readonly pdfBytes: number;
  /** Bytes of all files of one job together. */
  readonly documentBytes: number;
  /** Width times height of one page. */
  readonly pagePixels: number;
}

/** Takes the files of one job in, one after another. */
export interface Intake {
  /**
   * Inspects and seals one file as its bytes come. Throws every refusal that concerns a file.
   *
   * @param announcedBytes how many there will be, where the source says: too many are refused before they come
   */
  take(name: string | undefined, source: AsyncIterable<Uint8Array>, announcedBytes?: number): Promise<void>;
  /** Files announced so far; more than a job may have is `too_many_files`, also before their bytes came. */
  announce(): void;
  /** Notes an address that a file is to be fetched from. True where it is not to be fetched: the request was carried out before. */
  foresees(name: string | undefined, url: string): boolean;
  /** Those that lie sealed in the blob store, in order. */
  readonly files: readonly NewFile[];
  /** What the request is known by when it comes again. */
  readonly seen: readonly SeenFile[];
}

export function openIntake(blobs: BlobStore, job: { id: string; dataKey: Buffer }, limits: IntakeLimits): Intake {
  return openCounting(limits, (index, bytes) => blobs.put(blobKeyOf(job.id, index), job.dataKey, bytes));
}

/** Takes the files of a request that was carried out before: looks at them, and keeps nothing. */
export function openWitness(limits: IntakeLimits): Intake {
  return openCounting(limits, null);
}

function openCounting(
  limits: IntakeLimits,
  store: ((index: number, bytes: AsyncIterable<Uint8Array>) => Promise<void>) | null,
): Intake {
  const files: NewFile[] = [];
  const seen: SeenFile[] = [];
  /** Of the file that is being fetched. */
  let fetched: SeenFile | undefined;
  let announced = 0;
  let bytesLeft = limits.documentBytes;

  return {
    files,
    seen,
    foresees: (name, url) => {
      fetched = { url, ...(name !== undefined && { name }) };
      if (store !== null) return false;
      seen.push(fetched);
      return true;
    },
    announce: () => {
      announced += 1;
      if (announced > limits.filesPerJob) throw new AppError('too_many_files', `The limit is ${limits.filesPerJob}.`);
    },
    take: async (name, source, announcedBytes = 0) => {
      const index = files.length;
      const inspection = inspectFile(source, { ...limits, bytesLeft, announcedBytes });
      try {
        await (store ?? discard)(index, inspection.bytes);
      } catch (error) {
        throw ofFile(error, index, name);
      }
      const found = inspection.found();
      bytesLeft -= found.bytes;
      files.push({ name: fileName(name), ...found });
      seen.push(fetched ?? { name: fileName(name), sha256: found.sha256 });
      fetched = undefined;
    },
  };
}

/** Refusals that say something of one file, of which there may be a thousand. */
const OF_ONE_FILE: ReadonlySet<ErrorCode> = new Set([
  'file_empty',
  'file_type_unsupported',
  'file_too_large',
  'too_many_pixels',
]);

/** The same error; a refusal of a file says which. */
function ofFile(error: unknown, index: number, name: string | undefined): unknown {
  if (!(error instanceof AppError && OF_ONE_FILE.has(error.code))) return error;
  const detail = error.message.slice(ERRORS[error.code].message.length).trim();
  const which = `It is file ${index + 1}${name === undefined ? '' : `, "${fileName(name)}"`}.`;
  return new AppError(error.code, `${detail} ${which}`.trim(), { cause: error });
}

async function discard(_index: number, bytes: AsyncIterable<Uint8Array>): Promise<void> {
  for await (const _ of bytes);
}
