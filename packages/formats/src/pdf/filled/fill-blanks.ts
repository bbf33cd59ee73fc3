import type { FormBlank, Quad } from '@docusnap/contracts';

/** The value of one blank; in a box to tick it is a cross. */
export interface FilledBlank {
  readonly label: string;
  /** From 1. */
  readonly page: number;
  /** Where it belongs, in pixels of the page. */
  readonly quad: Quad;
  readonly value: string;
  readonly isTick: boolean;
}

/** A form with its values. */
export interface Filling {
  readonly blanks: readonly FilledBlank[];
  /** All values by their labels, those that have no blank too. */
  readonly values: Readonly<Record<string, string>>;
}

/** Sides of a box to tick differ by no more than this factor. */
const SQUARE = 1.6;
/** What ticks a box. */
export const YES = /^(?:yes|true|x|on|ja|oui|s[ií]|sim|checked|是|有|√|✓|✔)$/iu;

/**
 * Which value belongs into which blank: by the label; and a box to tick beside the words of the value, as "male" is the answer to "Sex". What answers
 * no is left empty.
 */
export function fillBlanks(blanks: readonly FormBlank[], values: Readonly<Record<string, string>>): Filling {
  const byLabel = new Map(Object.entries(values).map(([label, value]) => [lettersOf(label), value]));
  const answers = new Map(Object.values(values).map((value) => [lettersOf(value), value]));
  const filled = blanks.flatMap((blank): FilledBlank[] => {
    const isBox = isSquare(blank.quad);
    const own = byLabel.get(lettersOf(blank.label));
    const value = own ?? (isBox ? answers.get(lettersOf(blank.label)) : undefined);
    if (value === undefined || value.trim() === '') return [];
    const isTick = isBox && (own === undefined || YES.test(value.trim()));
    // A word such as "no" has no room in a box to tick.
    if (isBox && !isTick && value.trim().length > 2) return [];
    return [{ label: blank.label, page: blank.page, quad: blank.quad, value, isTick }];
  });
  return { blanks: filled, values };
}

/** Values that stand nowhere: `placed` are the labels of those that do. */
export function unplaced({ blanks, values }: Filling, placed: ReadonlySet<string>): string[] {
  const known = new Set([...placed, ...blanks.map(({ label }) => label)].map(lettersOf));
  const ticked = new Set(blanks.filter(({ isTick }) => isTick).map(({ label }) => lettersOf(label)));
  return Object.entries(values)
    .filter(([label, value]) => !known.has(lettersOf(label)) && !ticked.has(lettersOf(value)))
    .map(([label, value]) => `${label}: ${value}`);
}

/** Labels and answers are the same when their letters and digits are. */
export function lettersOf(text: string): string {
  return text
    .normalize('NFKC')
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, '');
}

function isSquare([a, b, , d]: Quad): boolean {
  const [across, down] = [Math.hypot(b[0] - a[0], b[1] - a[1]), Math.hypot(d[0] - a[0], d[1] - a[1])];
  return Math.max(across, down) <= SQUARE * Math.min(across, down);
}
