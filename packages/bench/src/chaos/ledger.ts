import type { Order } from './order.ts';

/** How a page was found when its job had ended. */
export interface SeenPage {
  readonly attempts: number;
  readonly status: string;
  /** Of a failed one. */
  readonly code: string | null;
  readonly fileIndex: number;
  readonly frame: number;
  /** What was read, as JSON. */
  readonly text: string;
}

/** A job that a submit was answered with 202 for. */
export interface Entry {
  readonly order: Order;
  readonly id: string;
  /** `erasing` from the moment that its erasing is asked for. */
  state: 'open' | 'ended' | 'erasing' | 'erased';
  /** performance.now() */
  endedAt: number | null;
  pages: readonly SeenPage[];
  /** Pages of it, or of a file, that were set aside since their readers died. */
  poisonous: number;
}

/** What is counted against the promise. */
export const WRONGS = ['lost', 'duplicated', 'torn', 'changed', 'revived', 'twice', 'orphans'] as const;
export type Wrong = (typeof WRONGS)[number];

/** What the suite knows of a fleet's jobs, and what it found wrong. */
export interface Ledger {
  readonly entries: Map<string, Entry>;
  /** Tokens of submits that nobody answered clearly. */
  readonly unclear: Set<string>;
  readonly wrongs: Record<Wrong, string[]>;
  readonly counts: { submits: number; repeated: number; refused: number };
  wrong(kind: Wrong, words: string): void;
}

export function openLedger(onWrong: (kind: Wrong, words: string) => void): Ledger {
  const wrongs: Ledger['wrongs'] = {
    lost: [],
    duplicated: [],
    torn: [],
    changed: [],
    revived: [],
    twice: [],
    orphans: [],
  };
  return {
    entries: new Map(),
    unclear: new Set(),
    wrongs,
    counts: { submits: 0, repeated: 0, refused: 0 },
    wrong(kind, words) {
      wrongs[kind].push(words);
      onWrong(kind, words);
    },
  };
}

/** Jobs whose end is still to come. */
export function openEntries({ entries }: Ledger): Entry[] {
  return [...entries.values()].filter(({ state }) => state === 'open' || state === 'erasing');
}
