import { median } from './sizes.ts';
import type { PlacedWord } from './upright.ts';

/** Words stand in one row when their middles are nearer than this part of the smaller one's height. */
const LEVEL = 0.5;
/** Between Han and kana no space is put, whose words are as the recogniser cut them. */
const UNSPACED = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\u3000-\u303f\uff00-\uffef]/u;
/** Words of such scripts nearer than this part of their height are one. */
const TOUCHING = 0.35;

/** Words that stand level, from left to right. */
export interface TextRow {
  readonly words: readonly PlacedWord[];
  readonly top: number;
  readonly bottom: number;
  readonly middle: number;
  readonly size: number;
}

/** Rows from top to bottom. */
export function textRows(words: readonly PlacedWord[]): TextRow[] {
  const rows: PlacedWord[][] = [];
  for (const word of [...words].sort((a, b) => middleOf(a) - middleOf(b))) {
    const row = rows.findLast((other) => areLevel(other, word));
    if (row) row.push(word);
    else rows.push([word]);
  }
  return rows
    .map((row): TextRow => {
      const sorted = row.sort((a, b) => a.left - b.left);
      return {
        words: sorted,
        top: Math.min(...sorted.map(({ top }) => top)),
        bottom: Math.max(...sorted.map(({ bottom }) => bottom)),
        middle: median(sorted.map(middleOf)),
        size: median(sorted.map(({ size }) => size)),
      };
    })
    .sort((a, b) => a.middle - b.middle);
}

function middleOf({ top, bottom }: PlacedWord): number {
  return (top + bottom) / 2;
}

/** Compared with the middle of the row so far, so that rows do not slide down a page. */
function areLevel(row: readonly PlacedWord[], word: PlacedWord): boolean {
  const middle = row.reduce((sum, other) => sum + middleOf(other), 0) / row.length;
  const size = row.reduce((least, other) => Math.min(least, other.size), word.size);
  return Math.abs(middle - middleOf(word)) < size * LEVEL;
}

/** What stands in a cell: its rows of words, apart by line feeds. */
export function textOf(words: readonly PlacedWord[]): string {
  return textRows(words)
    .map((row) => joined(row.words))
    .join('\n');
}

export function joined(words: readonly PlacedWord[]): string {
  let text = '';
  let before: PlacedWord | undefined;
  for (const word of words) {
    const close = before !== undefined && word.left - before.right < TOUCHING * Math.min(before.size, word.size);
    const unspaced =
      before !== undefined && UNSPACED.test(before.text.slice(-1)) && UNSPACED.test(word.text.slice(0, 1));
    text += before === undefined || (close && unspaced) ? word.text : ` ${word.text}`;
    before = word;
  }
  return text;
}
