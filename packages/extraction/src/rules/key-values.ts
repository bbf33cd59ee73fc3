import type { Piece, Row } from '../layout/rows.ts';
import { lettersOf } from '../values/normalise.ts';

/** A label and what stands for it, as a person would pair them. */
export interface KeyValue {
  readonly key: string;
  readonly value: string;
  readonly row: Row;
}

/** Labels are short. */
const MOST_KEY_WORDS = 6;
const MOST_KEY_LENGTH = 48;
/** A value in the row below stands at most so many heights of print under its label. */
const BELOW = 2.5;
/** A label without a colon stands this many heights of print left of its value: nearer they are one phrase. */
const GAP = 1.2;

const COLON = /\s*[:：]\s*/;
/** A colon between digits is a clock, before slashes a link. */
const SPLIT = /^(?<key>[^:：]*?)\s*(?:(?<!\d *):(?!\/\/)|:(?! ?\d\d(?!\d))(?!\/\/)|：)\s*(?<value>.*)$/su;

/**
 * Pairs by layout, in reading order: label and value around a colon, in one piece of print or in two of a row; a label with a colon over its
 * value; and two pieces alone in a row, words to the left and something to the right.
 */
export function findKeyValues(rows: readonly Row[]): KeyValue[] {
  return rows.flatMap((row, at) => {
    const parts = joined(row.pieces);
    return parts.flatMap(({ text, pieces }, part): KeyValue[] => {
      const split = SPLIT.exec(text);
      if (!split) return part === 0 ? level(row, parts) : [];
      const key = keyOf(split.groups?.key ?? '');
      if (key === null) return [];
      const value = split.groups?.value ?? '';
      if (value !== '') return [{ key, value, row }];
      const next = parts[part + 1];
      if (next && !COLON.test(next.text)) return [{ key, value: next.text, row }];
      const below = next ? undefined : beneath(rows, at, pieces);
      return below ? [{ key, value: below.value, row: below.row }] : [];
    });
  });
}

interface Part {
  readonly text: string;
  readonly pieces: readonly Piece[];
}

/** Pieces nearer than a gap are one phrase; one that begins with a colon ends the label before it. */
function joined(pieces: readonly Piece[]): Part[] {
  const parts: { text: string; pieces: Piece[] }[] = [];
  for (const piece of pieces) {
    const part = parts.at(-1);
    const before = part?.pieces.at(-1);
    const near = before !== undefined && piece.left - before.right < GAP * Math.min(before.height, piece.height);
    if (part && (near || /^[:：]/.test(piece.line.text))) {
      part.text += ` ${piece.line.text}`;
      part.pieces.push(piece);
    } else parts.push({ text: piece.line.text, pieces: [piece] });
  }
  return parts;
}

/** "Subtotal      12.50": two parts alone in a row, the first without digits. */
function level(row: Row, parts: readonly Part[]): KeyValue[] {
  const [first, second] = parts;
  if (parts.length !== 2 || !first || !second || COLON.test(second.text) || /\d/.test(first.text)) return [];
  const key = keyOf(first.text);
  return key === null ? [] : [{ key, value: second.text, row }];
}

function beneath(rows: readonly Row[], at: number, label: readonly Piece[]): { value: string; row: Row } | undefined {
  const next = rows[at + 1];
  const [first, last] = [label[0]!, label.at(-1)!];
  if (!next || next.page !== rows[at]!.page || next.middle - first.middle > BELOW * first.height) return undefined;
  const under = joined(next.pieces).find(
    ({ pieces }) => pieces[0]!.left < last.right && pieces.at(-1)!.right > first.left,
  );
  return under && !COLON.test(under.text) ? { value: under.text, row: next } : undefined;
}

function keyOf(text: string): string | null {
  const key = text.replace(/^[\s*•·\-–_.]+|[\s*:.]+$/gu, '');
  const isLabel =
    key.length <= MOST_KEY_LENGTH && key.split(/\s+/).length <= MOST_KEY_WORDS && /\p{L}/u.test(lettersOf(key));
  return isLabel ? key : null;
}
