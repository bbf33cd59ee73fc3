import { type Part, partsOf } from '../layout/phrases.ts';
import type { Piece, Row } from '../layout/rows.ts';
import { splitLabels, tidy } from './label-text.ts';

/** A value in the row below stands at most so many heights of print under its label, and begins so near to its left edge. */
const BELOW = { down: 2.5, aside: 2 } as const;
/** A value goes on in the next row where that begins at its left edge, this near below, and the row above is so full of print. */
const NEXT = { down: 1.9, aside: 0.7, rows: 3, full: 12 } as const;

/** Words, or Chinese letters, that make a value a text and no number or name. */
const RUNNING = { words: 5, han: 10 } as const;
/** A full line is so many heights of print wide, and ends so near to the edge of its block. */
const FULL = { width: 12, ragged: 2.5 } as const;

/** The phrase under a label that has nothing behind it. */
export function findBelow(row: Row, next: Row | undefined, label: Part): Part | undefined {
  const [first, last] = [label.pieces[0]!, label.pieces.at(-1)!];
  if (!next || next.page !== row.page || next.middle - first.middle > BELOW.down * first.height) return undefined;
  return partsOf(next.pieces).find(({ pieces }) => {
    const left = pieces[0]!.left;
    const right = pieces.at(-1)!.right;
    const centred = Math.abs((left + right) / 2 - (first.left + last.right) / 2) < first.height * BELOW.aside;
    return centred || Math.abs(left - first.left) < first.height * BELOW.aside;
  });
}

/**
 * A value with the rows it goes on in: print right under it that begins at the value's left edge, with no label beside it. Behind a label in the
 * same print a value goes on at the label's edge, but only from a long line that is full: others end where they end.
 */
export function continued(
  rows: readonly Row[],
  at: number,
  { value, piece, part }: { readonly value: string; readonly piece: Piece; readonly part: Part },
): string {
  const isApart = tidy(piece.line.text) === value || tidy(part.text) === value;
  if (value.length < NEXT.full || /[.。!！]$/u.test(value) || !(isApart || (isRunning(value) && isFull(rows, piece))))
    return value;
  let text = value;
  let above = piece;
  for (const row of rows.slice(at + 1, at + 1 + NEXT.rows)) {
    const next = row.page === rows[at]!.page ? nextLine(row, above) : undefined;
    if (!next) break;
    const joint = /\p{Script=Han}\p{P}?$/u.test(text) ? '' : ' ';
    text = `${text}${joint}${next.line.text}`;
    above = next;
  }
  return text;
}

/** The piece of a row that goes on with one above it. */
function nextLine(row: Row, above: Piece): Piece | undefined {
  const next = row.pieces.find(({ left }) => Math.abs(left - above.left) < NEXT.aside * above.height);
  if (!next || next.middle - above.middle > NEXT.down * above.height || next.block !== above.block) return undefined;
  const hasLabel = row.pieces.some(({ block, right }) => block === next.block && right <= next.left);
  return hasLabel || splitLabels(next.line.text).length > 0 ? undefined : next;
}

/** Whether a value is words one after another, not a number or a name. */
function isRunning(value: string): boolean {
  const words = value.split(/\s+/u).filter((word) => /^\p{L}{2}/u.test(word));
  return words.length >= RUNNING.words || value.replace(/\P{Script=Han}/gu, '').length >= RUNNING.han;
}

/** Whether a piece is a line of running print: long, and as far to the right as its block goes. */
function isFull(rows: readonly Row[], piece: Piece): boolean {
  const page = rows.find((row) => row.pieces.includes(piece))?.page;
  const own = rows.filter((row) => row.page === page).flatMap(({ pieces }) => pieces);
  const edge = Math.max(...own.filter(({ block }) => block === piece.block).map(({ right }) => right));
  return piece.right - piece.left > FULL.width * piece.height && edge - piece.right < FULL.ragged * piece.height;
}
