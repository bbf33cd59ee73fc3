import type { PageText } from '@docusnap/contracts';

/**
 * What a benchmark and the process of a contender (one way to read pages: our engine in a setting, or a peer) say to each other, over the
 * IPC channel of `fork`. A contender answers tasks one after another. Pixels never cross: they lie in files.
 */

/** A decoded page as a file: an uncompressed TIFF whose pixels begin at `offset`, rows from the top, interleaved, 8 bits of sRGB or grey. */
export interface PageFile {
  readonly path: string;
  readonly width: number;
  readonly height: number;
  readonly channels: 1 | 3;
  /** Bytes before the first pixel. */
  readonly offset: number;
}

/** One line that was read; polygons are in pixels of the page. Peers are asked for their text only. */
export interface ReadLine {
  readonly text: string;
  readonly polygon?: readonly (readonly [number, number])[];
  readonly confidence?: number;
}

/** Decode an image, turn it clockwise by `turn` degrees and write its pixels to `path`. */
export interface DecodeTask {
  readonly kind: 'decode';
  readonly image: string;
  readonly turn: number;
  readonly path: string;
}

/** Read a page. */
export interface ReadTask {
  readonly kind: 'read';
  readonly page: PageFile;
}

/** Read a page; then read it while keeping what goes into the models, and give the same to the models again and nothing else. */
export interface FloorTask {
  readonly kind: 'floor';
  readonly page: PageFile;
}

/** Read a page and give all that was found on it. */
export interface WholeTask {
  readonly kind: 'whole';
  readonly page: PageFile;
}

export type Task = DecodeTask | ReadTask | FloorTask | WholeTask;

export interface Reading {
  readonly lines: readonly ReadLine[];
  /** Milliseconds from decoded pixels to text. */
  readonly ms: number;
  /** Milliseconds inside inference, summed over the threads that ran side by side; null where it cannot be seen. */
  readonly inferenceMs: number | null;
}

export interface Floor {
  /** Milliseconds of inference alone. */
  readonly ms: number;
  /** Milliseconds from decoded pixels to text, shortly before. */
  readonly readingMs: number;
}

/** A page as the engine gives it. */
export interface Whole {
  readonly text: PageText;
  readonly ms: number;
}

export type Result<T extends Task> = T extends DecodeTask
  ? PageFile
  : T extends ReadTask
    ? Reading
    : T extends WholeTask
      ? Whole
      : Floor;

export interface ToContender {
  readonly id: number;
  readonly task: Task;
}

export type FromContender =
  | { readonly kind: 'ready' }
  | { readonly kind: 'unable'; readonly reason: string }
  | {
      readonly kind: 'done';
      readonly id: number;
      readonly result: PageFile | Reading | Floor | Whole;
      readonly childrenPeakRss: number;
    }
  | { readonly kind: 'failed'; readonly id: number; readonly reason: string };
