import type { Placed } from './runs.ts';

/** Letters of scripts that are written from right to left (Hebrew, Arabic, Syriac, Thaana, N'Ko and those of the blocks kept for such), not their digits. */
const RIGHT_TO_LEFT =
  /^[\u0590-\u065F\u066E-\u06EF\u06FA-\u08FF\uFB1D-\uFDFF\uFE70-\uFEFC\u{10800}-\u{10FFF}\u{1E800}-\u{1EFFF}]/u;

type Kind = 'right-to-left' | 'left-to-right' | 'number' | 'other';
type Direction = Extract<Kind, 'right-to-left' | 'left-to-right'>;

/** A letter, or those of one glyph (an Arabic ligature), in the order they are read. */
interface Piece {
  readonly letters: Placed[];
  readonly word: number;
  readonly kind: Kind;
}

const LAM = '\u0644';
const ALEF = /^[\u0622\u0623\u0625\u0627]$/;
const CLOSING_BRACKET = /^[)\]}]$/;
const COUNTERPART: Readonly<Record<string, string>> = { '(': ')', ')': '(', '[': ']', ']': '[', '{': '}', '}': '{' };

/** A number, such as the parts of a date, keeps its order among letters of either direction. */
const LEVEL_OF_NUMBERS = 2;

export function isRightToLeft({ character }: Placed): boolean {
  return RIGHT_TO_LEFT.test(character.text);
}

/** What most letters are written in: a page does not say where its lines begin. */
export function directionOf(letters: readonly Placed[]): Direction {
  const kinds = letters.map(kindOf);
  const count = (wanted: Kind): number => kinds.filter((kind) => kind === wanted).length;
  return count('right-to-left') > count('left-to-right') ? 'right-to-left' : 'left-to-right';
}

/**
 * The words of a line, and the letters of each, in the order they are read: given from left to right, as they stand. What was turned round to be shown
 * (Unicode's bidirectional algorithm, UAX 9, rule L2) is turned back.
 *
 * @param around the direction of a line that has letters of both
 */
export function inReadingOrder(words: readonly Placed[][], around: Direction): Placed[][] {
  const all = words.flat();
  if (!all.some(isRightToLeft)) return [...words];
  const hasBoth = all.some((letter) => kindOf(letter) === 'left-to-right');
  const base = hasBoth && around === 'left-to-right' ? 0 : 1;
  let pieces = words.flatMap(piecesOf);
  const levels = new Map(levelsOf(pieces, base).map((level, index) => [pieces[index]!, level]));
  for (const level of [1, LEVEL_OF_NUMBERS]) pieces = turned(pieces, (piece) => levels.get(piece)! >= level, level);
  return grouped(withBracketsOpened(pieces, (piece) => levels.get(piece) === 1));
}

/**
 * Brackets among letters from right to left are shown as their counterparts. Some come as what they mean, some as what they look like: where more of a
 * line's find their other half as their counterparts, all are the latter.
 */
function withBracketsOpened(pieces: Piece[], isTurned: (piece: Piece) => boolean): Piece[] {
  const counterpartOf = (piece: Piece) => (isTurned(piece) ? COUNTERPART[textOf(piece)] : undefined);
  const brackets = pieces.filter((piece) => counterpartOf(piece) !== undefined);
  if (alone(brackets.map(textOf)) <= alone(brackets.map((piece) => counterpartOf(piece)!))) return pieces;
  return pieces.map((piece) => {
    const counterpart = counterpartOf(piece);
    const [letter] = piece.letters as [Placed];
    return counterpart === undefined
      ? piece
      : { ...piece, letters: [{ ...letter, character: { ...letter.character, text: counterpart } }] };
  });
}

/** How many brackets have no other half. */
function alone(brackets: readonly string[]): number {
  let [open, closed] = [0, 0];
  for (const bracket of brackets) {
    if (!CLOSING_BRACKET.test(bracket)) open += 1;
    else if (open > 0) open -= 1;
    else closed += 1;
  }
  return open + closed;
}

function textOf({ letters }: Piece): string {
  return letters.map(({ character }) => character.text).join('');
}

function piecesOf(letters: readonly Placed[], word: number): Piece[] {
  const pieces: Piece[] = [];
  let last: Placed | undefined;
  for (const letter of letters) {
    const [x, y] = letter.character.origin;
    const isOfSame = last?.character.origin[0] === x && last.character.origin[1] === y;
    // PDFium turns these round with all others, but not what it takes apart itself (U+FEFB and its kind: all of them are lam and alef).
    const isTurned = isRightToLeft(letter) && !(last?.character.text === LAM && ALEF.test(letter.character.text));
    if (isOfSame && isTurned) pieces.at(-1)!.letters.unshift(letter);
    else if (isOfSame) pieces.at(-1)!.letters.push(letter);
    else pieces.push({ letters: [letter], word, kind: kindOf(letter) });
    last = letter;
  }
  return pieces;
}

function kindOf(placed: Placed): Kind {
  if (isRightToLeft(placed)) return 'right-to-left';
  if (/^\p{L}/u.test(placed.character.text)) return 'left-to-right';
  return /^\p{N}/u.test(placed.character.text) ? 'number' : 'other';
}

/** How often each piece was turned round, odd where it runs from right to left. What is no letter goes with what is on both sides of it. */
function levelsOf(pieces: readonly Piece[], base: 0 | 1): number[] {
  const known = pieces.map(({ kind }): number | undefined => {
    if (kind === 'right-to-left') return 1;
    if (kind === 'left-to-right') return base === 1 ? LEVEL_OF_NUMBERS : 0;
    return kind === 'number' && base === 1 ? LEVEL_OF_NUMBERS : undefined;
  });
  const before = carried(known);
  const after = carried(known.toReversed()).toReversed();
  return pieces.map(({ kind }, index) => {
    const own = known[index];
    if (own !== undefined) return own;
    const [left, right] = [before[index] ?? base, after[index] ?? base];
    if (left !== right) return base;
    return kind === 'number' && left === 1 ? LEVEL_OF_NUMBERS : left;
  });
}

/** The last that was known, at each place. */
function carried(values: readonly (number | undefined)[]): (number | undefined)[] {
  let last: number | undefined;
  return values.map((value) => (last = value ?? last));
}

/** Each row of pieces that are to be turned, turned; numbers that a space parts are rows of their own. */
function turned(pieces: readonly Piece[], isToTurn: (piece: Piece) => boolean, level: number): Piece[] {
  const rows: Piece[][] = [];
  let last: Piece | undefined;
  for (const piece of pieces) {
    const partsNumbers =
      level === LEVEL_OF_NUMBERS && last?.kind === 'number' && piece.kind === 'number' && last.word !== piece.word;
    if (last && isToTurn(last) && isToTurn(piece) && !partsNumbers) rows.at(-1)!.push(piece);
    else rows.push([piece]);
    last = piece;
  }
  return rows.flatMap((row) => row.toReversed());
}

function grouped(pieces: readonly Piece[]): Placed[][] {
  const words: Placed[][] = [];
  let last: number | undefined;
  for (const { letters, word } of pieces) {
    if (word === last) words.at(-1)!.push(...letters);
    else words.push([...letters]);
    last = word;
  }
  return words;
}
