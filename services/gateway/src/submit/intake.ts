import type { BlobStore } from '@docusnap/blobs';
import { AppError, blobKeyOf } from '@docusnap/contracts';
import type { NewFile } from '@docusnap/db';
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
  /** Those that lie sealed in the blob store, in order. */
  readonly files: readonly NewFile[];
}

export function openIntake(blobs: BlobStore, job: { id: string; dataKey: Buffer }, limits: IntakeLimits): Intake {
  const files: NewFile[] = [];
  let announced = 0;
  let bytesLeft = limits.documentBytes;

  return {
    files,
    announce: () => {
      announced += 1;
      if (announced > limits.filesPerJob) throw new AppError('too_many_files', `The limit is ${limits.filesPerJob}.`);
    },
    take: async (name, source, announcedBytes = 0) => {
      const index = files.length;
      const inspection = inspectFile(source, { ...limits, bytesLeft, announcedBytes });
      await blobs.put(blobKeyOf(job.id, index), job.dataKey, inspection.bytes);
      const found = inspection.found();
      bytesLeft -= found.bytes;
      files.push({ name: fileName(name), ...found });
    },
  };
}
