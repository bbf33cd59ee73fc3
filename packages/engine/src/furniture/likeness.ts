import type { Bounds } from '../geometry/bounds.ts';
import type { Frame } from './frame.ts';
import type { PlacedWord, Print } from './print.ts';
import type { Outline } from './squares.ts';
import { SOLID } from './state.ts';

/** What recognisers take a box with a tick in it for; others drawn as a box begin words of forms themselves (日期, 国籍, 目的). */
const TICKED = /[区因图团囚凶圆困网囟囗図圏]/u;
/** The character that is nothing but a box, and how recognisers read an empty one. */
const BOX = /[口囗□■☐☑☒▢▣◻◼]/u;
/** What recognisers take a box or a ring for, ticked or not, where they have no character for it. */
const ROUND = /[OoCGUVXxvZIlLJ0EKkYyWw]/;
/** What recognisers take one side of a box for. */
const SIDE = /[[\](){}|｜!/\\【】「」]/u;
const OVAL = /[O0o]/;
/** Letters with a closed outline; others are none that was found to be a box. */
const CLOSED = /[0689ABDGOPQRSabdegopqs]/;
const LATIN = /[A-Za-z0-9]/;
const HAN = /\p{Script=Han}/u;
const NUMBERED = /[1-9①-⑳©®℗]/u;
const CIRCLED = /[①-⑳©®℗]/u;
/** Signs of print whose outline is one of a box with a mark in it, in the fonts of receipts and at few pixels. */
const SIGN = /[&@#%$€£¥§]/u;
/** A letter O or a zero with a full stop behind it. */
const ABBREVIATED = /^[Oo0]\./;
/** A character is believed from this confidence of its word on. */
const BELIEVED = 0.6;
const SURE = 0.85;

/** Ink beside a box nearer than this part of its width, or of the height of print where that is less, is the next letter of its word. */
const TIGHT = 0.3;
/** Between a ring and other ink lies at least this part of the height of print, and so many pixels: letters o stand closer. */
const RING_ROOM = 0.1;
const LEAST_ROOM = 3;
/** Of that room so much is enough where nothing was read: labels of small print stand near to their buttons. */
const UNREAD = 0.6;
/** Words of a line are nearer to each other than this part of the height of print. */
const APART = 0.32;
/** Letters that tell the script of a line. */
const LEAST_LETTERS = 2;
/** A label that is read into one word with its box begins with a capital letter, and goes on with small ones. */
const LABELLED = /^[Oo0][A-Z][a-z]/;
/** A letter beside an outline takes at least this part of its width. */
const BESIDE = 0.4;
/** A letter with a label behind it in one word is at least so far from it, in parts of the height of print, where it is a box. */
const LABEL_ROOM = 0.2;
/** Less ink in a column beside a box, as a part of its height, is grain. */
const SPECKS = 0.05;
/** The part of a box's height, from above, that a tick may run out over. */
const RUN_OUT = 0.4;
/** An outline belongs to a word that shares this part of the narrower one's width. */
const WITHIN = 0.4;
/** So much smaller than the middle one are letters among boxes, where they are few. */
const SMALL = 0.62;
const FEW = 0.15;
/** Rings and boxes of one kind differ in size by less than this part. */
const ALIKE = 0.18;
/** Ink around a box, as the sum of the parts of four squares beside it: codes and pictures have more. */
const MOST_AROUND = 2.2;
/** Beside the corner marks of a code half of the modules are ink, on two sides. */
const MODULES = 0.24;

/** Those outlines that are boxes to tick: no letters, no parts of codes or pictures. */
export function withoutLookalikes(frame: Frame, outlines: readonly Outline[], print: Print): Outline[] {
  const candidates = outlines
    .filter((outline) => !isInPicture(frame, outline, print))
    .map((outline) => ({ outline, letter: likenessOf(frame, outline, print) }))
    .filter(({ letter }) => letter !== 'sure');
  const clear = withoutStrays(candidates.filter(({ letter }) => letter === 'none').map(({ outline }) => outline));
  const alone = candidates
    .filter(({ outline, letter }) =>
      letter === 'none' ? clear.includes(outline) : clear.some((other) => areAlike(other, outline)),
    )
    .map(({ outline }) => outline);
  return alone.filter((outline) => {
    const others = alone.filter((other) => other !== outline && areAlike(other, outline));
    if (isSolid(outline)) return others.some((other) => !isSolid(other));
    // One ring alone is a letter O, a digit or a stamp more often than a button; buttons come in groups.
    return outline.form === 'square' || others.length > 0;
  });
}

/** Outlines without those few that are much smaller than the others: letters that were not recognised. */
function withoutStrays(outlines: readonly Outline[]): Outline[] {
  const widths = outlines.map(({ left, right }) => right - left).sort((a, b) => a - b);
  const small = SMALL * (widths[widths.length >> 1] ?? 0);
  const few = widths.filter((width) => width < small).length <= FEW * widths.length;
  return few ? outlines.filter(({ left, right }) => right - left >= small) : [...outlines];
}

function isSolid({ thickness, left, right }: Outline): boolean {
  return thickness >= SOLID * (right - left);
}

function areAlike(a: Outline, b: Outline): boolean {
  const [one, two] = [a.right - a.left, b.right - b.left];
  return a.form === b.form && Math.abs(one - two) <= Math.max(2, ALIKE * Math.max(one, two));
}

/** Whether an outline is a letter: for sure, not at all, or only unless the page has others like it that are none. */
function likenessOf(frame: Frame, outline: Outline, print: Print): 'sure' | 'doubtful' | 'none' {
  const width = outline.right - outline.left;
  const unit = print.heights.middle;
  const room = [-1, 1].map((side) => roomBeside(frame, outline, { side, most: Math.max(width, APART * unit) }));
  const [near, far] = [Math.min(...room), Math.max(...room)];
  const read = readingOf(print, outline);
  // What was read as no letter needs less room to be none.
  const ringRoom = Math.max(LEAST_ROOM, RING_ROOM * unit) * (read === undefined ? UNREAD : 1);
  if (outline.form === 'ring' ? near < ringRoom : far < TIGHT * Math.min(width, unit)) return 'sure';
  if (read === undefined) return 'none';
  const { letter, word, isSmallWord } = read;
  if (word.confidence < BELIEVED) return OVAL.test(letter) && far < APART * unit ? 'sure' : 'none';
  // Among Latin letters there are few circled signs, but ticks in rings that are read as one.
  if (outline.form === 'ring' && NUMBERED.test(letter) && word.confidence >= SURE)
    return CIRCLED.test(letter) && !isAmongHan(print, outline) ? 'doubtful' : 'sure';
  if (isWithin(outline, word) && (isAmongHan(print, outline) || isPlainly(word, letter, far < APART * unit)))
    return 'sure';
  if (HAN.test(letter)) {
    if (!isAmongHan(print, outline)) return 'none';
    // Among Han characters it is one of them, unless it stands where a box would: at the beginning, empty or with a tick.
    if (room[0]! < TIGHT * width) return 'sure';
    if (BOX.test(letter)) return 'none';
    return TICKED.test(letter) ? 'doubtful' : 'sure';
  }
  if (!LATIN.test(letter)) {
    const isInWord = !isSmallWord && !BOX.test(letter) && !SIDE.test(letter) && near < LABEL_ROOM * unit;
    if (word.confidence < SURE || !(isInWord || SIGN.test(letter))) return 'none';
    return isInWord || outline.form === 'square' ? 'sure' : 'doubtful';
  }
  if (ABBREVIATED.test(word.text) || (!isSmallWord && /\d/.test(letter) && word.confidence >= SURE)) return 'sure';
  const leastRoom = Math.max(LEAST_ROOM, (isSmallWord || LABELLED.test(word.text) ? RING_ROOM : LABEL_ROOM) * unit);
  // Marks are taken for letters of all kinds, but not surely.
  if (outline.form === 'square' && isSmallWord && word.confidence < SURE)
    return far < APART * unit ? 'sure' : 'doubtful';
  const mayBeBox = ROUND.test(letter) || (outline.form === 'square' && isSmallWord && !CLOSED.test(letter));
  if (!mayBeBox || near < leastRoom || (!isSmallWord && holds(outline, word))) return 'sure';
  // A letter that is a word has words on both of its sides; what is to be ticked stands apart on one.
  if (far < APART * unit) return 'sure';
  return outline.form === 'ring' && isSmallWord ? 'none' : 'doubtful';
}

/** Whether a letter inside of a word was read for what it is: with its neighbours near, or a round one where there is only a full stop, or one of a number. */
function isPlainly(word: PlacedWord, letter: string, hasNear: boolean): boolean {
  return word.confidence >= SURE && (hasNear || OVAL.test(letter) || !/\p{L}/u.test(word.text));
}

/** Whether a word has other letters on both sides of an outline. */
function isWithin({ left, right }: Outline, word: PlacedWord): boolean {
  const width = right - left;
  return left - word.left > BESIDE * width && word.right - right > BESIDE * width;
}

/** What was recognised where an outline stands. */
function readingOf({ words }: Print, outline: Outline) {
  const word = wordAt(words, outline);
  if (word === undefined) return undefined;
  const letter = letterAt(word, (outline.left + outline.right) / 2);
  return { word, letter, isSmallWord: [...word.text].length === 1 };
}

/** Whether most letters of its line are Han characters; what ticked boxes are taken for does not count. Where the line says little the page tells. */
function isAmongHan({ lines }: Print, outline: Outline): boolean {
  const line = lines.find((one) => holds(one, outline));
  const own = lettersOf(line?.text ?? '');
  const letters = own.length >= LEAST_LETTERS ? own : lines.flatMap(({ text }) => lettersOf(text));
  return letters.filter((letter) => HAN.test(letter)).length * 2 > letters.length;
}

function lettersOf(text: string): string[] {
  return [...text].filter((letter) => /\p{L}/u.test(letter) && !BOX.test(letter) && !TICKED.test(letter));
}

/** Whether the middle of the one lies in the other, and its width too but for a little. */
function holds(outer: Bounds, inner: Bounds): boolean {
  const slack = 0.2 * (inner.right - inner.left);
  const v = (inner.top + inner.bottom) / 2;
  return v >= outer.top && v <= outer.bottom && inner.left >= outer.left - slack && inner.right <= outer.right + slack;
}

/** Pixels of paper beside an outline, at its own height. */
function roomBeside(
  { isInk }: Frame,
  { left, top, right, bottom }: Bounds,
  { side, most }: { side: number; most: number },
): number {
  const inset = Math.round((bottom - top) * 0.1);
  const specks = Math.max(1, Math.round((bottom - top) * SPECKS));
  // A tick runs out to the right, at the top; letters stand lower too.
  const first = top + (side < 0 ? inset : Math.round((bottom - top) * RUN_OUT));
  // The row next to an outline may be its blur.
  for (let off = 2; off < most; off += 1) {
    const u = side < 0 ? left - off : right - 1 + off;
    let ink = 0;
    for (let v = first; v < bottom - inset; v += 1) if (isInk(u, v)) ink += 1;
    if (ink > specks) return off - 1;
  }
  return most;
}

/** The word that an outline belongs to; the quads of single letters are narrower than these, and those of labels reach into boxes beside them. */
function wordAt(words: readonly PlacedWord[], outline: Outline): PlacedWord | undefined {
  const v = (outline.top + outline.bottom) / 2;
  return words.find(({ left, top, right, bottom }) => {
    if (v < top || v > bottom) return false;
    const shared = Math.min(right, outline.right) - Math.max(left, outline.left);
    return shared >= WITHIN * Math.min(right - left, outline.right - outline.left);
  });
}

/** The character of a word at a place, as if Latin letters were half as wide as Han characters. */
function letterAt({ text, left, right }: PlacedWord, u: number): string {
  const letters = [...text];
  const widths = letters.map((letter) => (HAN.test(letter) || BOX.test(letter) ? 2 : 1));
  const total = widths.reduce<number>((sum, width) => sum + width, 0);
  let at = left;
  for (const [index, letter] of letters.entries()) {
    at += ((right - left) * widths[index]!) / total;
    if (u <= at) return letter;
  }
  return letters[letters.length - 1] ?? '';
}

/** Codes and pictures have ink all around; a corner mark of a QR code is a box with a square in it, beside modules and no words. */
function isInPicture(frame: Frame, outline: Outline, { words }: Print): boolean {
  const around = inkAround(frame, outline);
  if (around.reduce((sum, part) => sum + part, 0) > MOST_AROUND) return true;
  if (around.filter((part) => part >= MODULES).length < 2 || !isFinder(frame, outline)) return false;
  const [width, v] = [outline.right - outline.left, (outline.top + outline.bottom) / 2];
  return !words.some(
    ({ left, top, right, bottom }) =>
      v > top && v < bottom && left < outline.right + width && right > outline.left - width,
  );
}

function inkAround({ isInk }: Frame, { left, top, right, bottom }: Bounds): number[] {
  const width = right - left;
  const off = Math.round(width * 0.2);
  const part = (u: number, v: number) => {
    let [ink, all] = [0, 0];
    for (let y = v; y < v + width; y += 2) {
      for (let x = u; x < u + width; x += 2) {
        all += 1;
        if (isInk(x, y)) ink += 1;
      }
    }
    return ink / all;
  };
  return [
    part(left - off - width, top),
    part(right + off, top),
    part(left, top - off - width),
    part(left, bottom + off),
  ];
}

/** One module of ink, one of paper, three of ink, one of paper, one of ink, across and down. */
function isFinder({ isInk }: Frame, { left, top, right, bottom }: Bounds): boolean {
  const [unitU, unitV] = [(right - left) / 7, (bottom - top) / 7];
  let right_ = 0;
  for (let i = 0; i < 7; i += 1) {
    const expected = i !== 1 && i !== 5;
    const [u, v] = [Math.floor(left + (i + 0.5) * unitU), Math.floor(top + (i + 0.5) * unitV)];
    if (isInk(u, Math.floor((top + bottom) / 2)) === expected) right_ += 1;
    if (isInk(Math.floor((left + right) / 2), v) === expected) right_ += 1;
  }
  return right_ >= 13;
}
