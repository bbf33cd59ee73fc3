import { type Box, boxOf, shareAcross } from '../layout/places.ts';
import type { Piece, Row } from '../layout/rows.ts';
import { standardName } from '../rules/vocabulary.ts';

/** A word and where it stands, upright. */
export interface Print extends Box {
  readonly text: string;
  readonly height: number;
  /** Among the rows of its page, from 0. */
  readonly row: number;
}

/** How far words stand from a blank that they name, in heights of print. */
const FAR = { left: 14, right: 1.5, above: 1.6, below: 1.5 } as const;
/** Words of a label stand nearer to each other than this, in heights. */
const WORD_GAP = 1.3;
const MOST_WORDS = 10;
/** A label of several rows: they begin at the same edge, this near under each other, in heights. */
const NEXT_ROW = { aside: 1.2, down: 1.35 } as const;

/** The words of rows, upright. */
export function printsOf(rows: readonly Row[], angle: number): Print[] {
  return rows.flatMap((row, at) =>
    row.pieces.flatMap(({ line }: Piece) =>
      line.words
        .filter(({ text }) => !/^[_.…]{2,}$/u.test(text))
        .map(({ text, quad }) => {
          const box = boxOf(quad, angle);
          return { ...box, text, height: box.bottom - box.top, row: at };
        }),
    ),
  );
}

/** The words that end left of a blank in the row it is written in, back to another blank or a gap, and the gap to the nearest. */
export function wordsLeft(
  prints: readonly Print[],
  blanks: readonly Box[],
  { box, baseline, height }: { readonly box: Box; readonly baseline: number; readonly height: number },
): { readonly words: Print[]; readonly gap: number } {
  const near = prints.filter((print) => isBeside(print, box) && print.right <= box.left + height / 2);
  const row = levelRow(near, baseline);
  const words: Print[] = [];
  for (const print of near.filter((one) => one.row === row).toSorted((a, b) => b.right - a.right)) {
    const edge = words.at(-1)?.left ?? box.left;
    const most = words.length === 0 ? FAR.left : WORD_GAP;
    const isCut = blanks.some((blank) => isBetween(blank, print.right, edge) && isBeside(print, blank));
    // A colon ends the label of something else.
    const isOther = words.length > 0 && /[:：]$/.test(print.text);
    if (isCut || isOther || edge - print.right > most * height || words.length === MOST_WORDS) break;
    words.push(print);
  }
  const line = words.toReversed();
  const others = blanks.filter((blank) => blank !== box);
  return { words: [...rowAbove(prints, others, line), ...line], gap: box.left - (words[0]?.right ?? -Infinity) };
}

/** The words that begin right behind a blank, up to a gap or another blank. */
export function wordsRight(prints: readonly Print[], blanks: readonly Box[], box: Box, height: number): Print[] {
  const near = prints.filter((print) => isBeside(print, box) && print.left >= box.right - height / 2);
  const row = levelRow(near, box.bottom - height / 2);
  const words: Print[] = [];
  for (const print of near.filter((one) => one.row === row).toSorted((a, b) => a.left - b.left)) {
    const edge = words.at(-1)?.right ?? box.right;
    const most = words.length === 0 ? FAR.right : WORD_GAP;
    const isCut = blanks.some((blank) => isBetween(blank, edge, print.left) && isBeside(print, blank));
    if (isCut || print.left - edge > most * height || words.length === MOST_WORDS) break;
    words.push(print);
  }
  return words;
}

/** The phrases right above or below a blank that stand within its width; none where print goes on beyond it, as a text does that passes there. */
export function phrasesAcross(prints: readonly Print[], box: Box, height: number, side: 'above' | 'below'): Print[][] {
  const away = (print: Print): number => (side === 'above' ? box.top - print.bottom : print.top - box.bottom);
  const near = prints.filter(
    (print) => away(print) > -height / 2 && away(print) < FAR[side] * height && shareAcross(print, box) > 0.5,
  );
  const row = near.toSorted((a, b) => away(a) - away(b))[0]?.row;
  const words = near.filter((print) => print.row === row).toSorted((a, b) => a.left - b.left);
  const goesOn = prints.some(
    (print) => print.row === row && !words.includes(print) && words.some((word) => isNext(word, print)),
  );
  if (goesOn) return [];
  const phrases: Print[][] = [];
  for (const word of words) {
    const last = phrases.at(-1);
    if (last && isNext(last.at(-1)!, word)) last.push(word);
    else phrases.push([word]);
  }
  return phrases;
}

export function isBeside(print: Box, blank: Box): boolean {
  const middle = (print.top + print.bottom) / 2;
  const reach = (print.bottom - print.top) / 2;
  return middle > blank.top - reach && middle < blank.bottom + reach;
}

/** The beginning of a label that takes two rows: its words begin where the others do, and have no blank of their own. */
function rowAbove(prints: readonly Print[], blanks: readonly Box[], words: readonly Print[]): Print[] {
  const [first] = words;
  const isWhole = standardName(words.map(({ text }) => text).join(' ')) !== undefined;
  if (!first || isWhole || words.some(({ text }) => !/\p{L}/u.test(text))) return [];
  const begins = prints.find(
    (print) =>
      print.row !== first.row &&
      Math.abs(print.left - first.left) < NEXT_ROW.aside * first.height &&
      first.top - print.top > first.height / 2 &&
      first.top - print.top < NEXT_ROW.down * first.height &&
      !prints.some((other) => other.row === print.row && other.right <= print.left && isNext(other, print)),
  );
  if (!begins || blanks.some((blank) => blank.right > begins.left && isBeside(begins, blank))) return [];
  const row = prints
    .filter(({ row: other, left }) => other === begins.row && left >= begins.left)
    .toSorted((a, b) => a.left - b.left);
  const end = row.findIndex((print, at) => at > 0 && !isNext(row[at - 1]!, print));
  const above = end < 0 ? row : row.slice(0, end);
  const isLabel = above.length + words.length <= MOST_WORDS && !/[:：.]$/.test(above.at(-1)!.text);
  return isLabel ? above : [];
}

/** Of words beside a blank the row that stands on its line. */
function levelRow(prints: readonly Print[], baseline: number): number | undefined {
  const away = ({ top, bottom }: Box): number => Math.abs((top + bottom) / 2 - baseline);
  return prints.toSorted((a, b) => away(a) - away(b))[0]?.row;
}

function isBetween(blank: Box, left: number, right: number): boolean {
  return blank.left >= left - 1 && blank.right <= right + 1;
}

function isNext(a: Box & { readonly height: number }, b: Box & { readonly height: number }): boolean {
  return Math.max(a.left - b.right, b.left - a.right) < WORD_GAP * Math.min(a.height, b.height);
}
