/** The two named settings of the engine. */
export const SETTINGS = ['accurate', 'fast'] as const;
export type Setting = (typeof SETTINGS)[number];

/** Lower bounds of fractions; a measure that is not named has no target. */
export interface AccuracyTarget {
  readonly wordF1?: number;
  readonly pairF1?: number;
}

const MEASURES = ['wordF1', 'pairF1'] as const satisfies readonly (keyof AccuracyTarget)[];

/** A collection of pages whose kind is known: how it is scored, and what is to be reached on it. */
export interface PageSet {
  /** The truth of some sets is upper case though their print is mixed. */
  readonly ignoreCase: boolean;
  /** The truth is in reading order, so that the character error rate means something. */
  readonly ordered: boolean;
  /** What Tesseract is told to look for (`-l`). */
  readonly tesseractLanguages: string;
  readonly accuracy: Readonly<Record<Setting, AccuracyTarget>>;
  /** Pages a second, as a multiple of those of the faster npm peer, at least. */
  readonly throughput: Readonly<Record<Setting, number>>;
  /** Milliseconds of a page that is read alone, as a multiple of those of the faster npm peer, at most; null = no target. */
  readonly alone: Readonly<Record<Setting, number | null>>;
}

/**
 * Sets by the name of their folder. `accurate` is what the project set itself; `fast` is what the better of the two npm peers reaches with the same
 * weights (ppu-paddle-ocr 6.3, @gutenye/ocr-node 1.4). Chinese is not written in words, so there only pairs count.
 */
export const SETS: Readonly<Record<string, PageSet>> = {
  'documents-en': {
    ignoreCase: false,
    ordered: true,
    tesseractLanguages: 'eng',
    accuracy: { accurate: { wordF1: 0.955, pairF1: 0.975 }, fast: { wordF1: 0.856, pairF1: 0.949 } },
    throughput: { accurate: 3, fast: 4 },
    alone: { accurate: 0.5, fast: null },
  },
  'receipts-en': {
    ignoreCase: true,
    ordered: false,
    tesseractLanguages: 'eng',
    accuracy: { accurate: { wordF1: 0.9, pairF1: 0.97 }, fast: { wordF1: 0.683, pairF1: 0.932 } },
    throughput: { accurate: 3, fast: 4 },
    alone: { accurate: 0.5, fast: null },
  },
  'forms-en': {
    ignoreCase: false,
    ordered: false,
    tesseractLanguages: 'eng',
    accuracy: { accurate: { wordF1: 0.78, pairF1: 0.93 }, fast: { wordF1: 0.625, pairF1: 0.896 } },
    throughput: { accurate: 1.8, fast: 4 },
    alone: { accurate: 0.7, fast: null },
  },
  'documents-zh': {
    ignoreCase: false,
    ordered: false,
    tesseractLanguages: 'chi_sim',
    accuracy: { accurate: { pairF1: 0.955 }, fast: { pairF1: 0.933 } },
    throughput: { accurate: 3, fast: 4 },
    alone: { accurate: 0.5, fast: null },
  },
  'screens-zh': {
    ignoreCase: false,
    ordered: false,
    tesseractLanguages: 'chi_sim',
    accuracy: { accurate: { pairF1: 0.98 }, fast: { pairF1: 0.966 } },
    throughput: { accurate: 2.5, fast: 4 },
    alone: { accurate: 0.5, fast: null },
  },
};

/** The measures that say something about a set; all of them where the set is not known. */
export function measuresOf(set: PageSet | undefined): readonly (keyof AccuracyTarget)[] {
  return MEASURES.filter((measure) => set === undefined || set.accuracy.fast[measure] !== undefined);
}

/** Time over that of bare inference of the same tensors on the same cores, at most. */
export const FLOOR_TARGET = 1.2;

/** How far below the upright pages turned ones may score, as a fraction. */
export const TURN_TOLERANCE = 0.02;
