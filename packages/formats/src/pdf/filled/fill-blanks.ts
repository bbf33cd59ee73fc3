import type { FormBlank, Quad } from '@docusnap/contracts';

/** The value of one blank; in a box to tick it is a cross. */
export interface FilledBlank {
  readonly label: string;
  /** The label that its value was given with: of a box to tick, its question. */
  readonly key: string;
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

/** A value by the label that it was given with. */
type Given = readonly [key: string, value: string];

/**
 * Which value belongs into which blank: by the label; and a box to tick beside the words of the value, as "male" is the answer to "Sex". What answers
 * no is left empty.
 */
export function fillBlanks(blanks: readonly FormBlank[], values: Readonly<Record<string, string>>): Filling {
  const given = Object.entries(values);
  const byLabel = new Map(given.map((one) => [lettersOf(one[0]), one]));
  const answerOf = answersTo(blanks, given);
  const filled = blanks.flatMap((blank): FilledBlank[] => {
    const { label, page, quad } = blank;
    const isBox = isSquare(quad);
    const own = byLabel.get(lettersOf(label));
    const [key, value] = own ?? (isBox ? answerOf(blank) : undefined) ?? ['', ''];
    if (value.trim() === '') return [];
    const isTick = isBox && (own === undefined || YES.test(value.trim()));
    // A word such as "no" has no room in a box to tick.
    if (isBox && !isTick && value.trim().length > 2) return [];
    return [{ label, key, page, quad, value, isTick }];
  });
  return { blanks: filled, values };
}

/**
 * The value that ticks a box: the one of its question. Where that is not known, the words beside the box have to say whose answer they are: "Yes"
 * beside several boxes, or to several questions, says nothing of one of them.
 */
function answersTo(blanks: readonly FormBlank[], given: readonly Given[]): (box: FormBlank) => Given | undefined {
  const byAnswer = Map.groupBy(given, ([, value]) => lettersOf(value));
  const byLabel = Map.groupBy(blanks, ({ label }) => lettersOf(label));
  return ({ label, question }) => {
    const words = lettersOf(label);
    const answers = byAnswer.get(words) ?? [];
    if (question) return answers.find(([key]) => lettersOf(key) === lettersOf(question));
    return answers.length === 1 && byLabel.get(words)?.length === 1 ? answers[0] : undefined;
  };
}

/** Values that stand nowhere: `placed` are the labels of those that do. */
export function unplaced({ blanks, values }: Filling, placed: ReadonlySet<string>): string[] {
  const known = new Set([...placed, ...blanks.map(({ key }) => key)]);
  return Object.entries(values)
    .filter(([label]) => !known.has(label))
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
