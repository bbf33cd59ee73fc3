import type { ModelVersions, PageText } from '@docusnap/contracts';

/** How a scripted reader (reader/main.ts) behaves; in JSON, this is the "image" that it is given to read. */
export interface ReaderScript {
  readonly frames?: number;
  readonly holdMs?: number;
  /** Holds each page until this file is there. */
  readonly holdUntil?: string;
  /** Holds the first page so long; later ones do not wait. Needs `marker`, a file that remembers. */
  readonly holdOnceMs?: number;
  /** Frames at which it does this. `dieOnce` and `undecodableOnce` need `marker` too. */
  readonly die?: readonly number[];
  readonly dieOnce?: readonly number[];
  readonly marker?: string;
  readonly stall?: readonly number[];
  readonly surprise?: readonly number[];
  readonly undecodable?: readonly number[];
  readonly undecodableOnce?: readonly number[];
  /** Its pages are had without their pixels. */
  readonly hasTextLayer?: boolean;
  /** Of the making of a page's images. */
  readonly renderHoldMs?: number;
  readonly renderHoldUntil?: string;
  readonly renderFails?: boolean;
  readonly renderDies?: boolean;
}

const MODEL = { name: 'scripted', sha256: '0' };
export const MODELS: ModelVersions = { detection: MODEL, orientation: MODEL, recognition: MODEL };
export const SCRIPTED_PAGE: PageText = { width: 10, height: 10, source: 'ocr', blocks: [], models: MODELS };
