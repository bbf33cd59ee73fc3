import type { Line, Quad } from '@docusnap/contracts';
import type { Row } from './rows.ts';

/** Words that stand further apart than this part of their height are in two columns: a space takes a quarter to a half of it. */
const COLUMN_GAP = 1;

/** A line's text with a tab where a gap parts columns, at the same positions: "2⇥500,00" is a quantity and a price, "2 500,00" a sum. */
export function columnText({ text, words }: Line): string {
  let from = 0;
  let columns = '';
  words.forEach((word, at) => {
    const start = Math.max(from, text.indexOf(word.text, from));
    const gap = text.slice(from, start);
    columns += at > 0 && areApart(words[at - 1]!.quad, word.quad) ? '\t'.repeat(gap.length) : gap;
    columns += text.slice(start, start + word.text.length);
    from = start + word.text.length;
  });
  return columns + text.slice(from);
}

/** The same of a row. */
export function rowColumns({ text, pieces }: Row): string {
  const columns = pieces.map((piece, at) => {
    const before = pieces[at - 1];
    if (before === undefined) return columnText(piece.line);
    const isApart = piece.left - before.right > COLUMN_GAP * Math.min(before.height, piece.height);
    return `${isApart ? '\t' : ' '}${columnText(piece.line)}`;
  });
  const known = columns.join('');
  return known + text.slice(known.length);
}

/** Of two words that follow each other in a line. */
export function areApart([, right, below]: Quad, [left]: Quad): boolean {
  const height = Math.hypot(below[0] - right[0], below[1] - right[1]);
  return Math.hypot(left[0] - right[0], left[1] - right[1]) > COLUMN_GAP * height;
}
