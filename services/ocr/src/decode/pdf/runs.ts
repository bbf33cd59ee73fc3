import type { Character } from './characters.ts';

/** All of these are parts of the font's height. Letters further apart than this belong to different lines: columns, cells of a table. */
const MOST_GAP = 1.1;
/** Runs that were written apart are joined over less. */
const MOST_JOIN = 0.8;
/** Letters overlap by kerning, at most so much. */
const MOST_OVERLAP = 0.5;
/** Letters further apart than this are of different words, though no space was written; a Han character and a Latin letter at less. */
const WORD_GAP = 0.3;
const SCRIPT_GAP = 0.1;
/** Han text knows no spaces: one that was written there only stretches the line, unless it is as wide as this. */
const HAN_GAP = 0.5;
const HAN = /^[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\u3000-\u303F\uFF01-\uFF60]/u;
/** Super- and subscripts stand off their line by at most this. */
const MOST_SHIFT = 0.5;
/** Runs whose baselines differ by less are level. */
const LEVEL = 0.2;
/** A super- or subscript has at most this part of the height of the letter it stands by, and begins at most so far behind it. */
const SCRIPT_SIZE = 0.85;
const SCRIPT_REACH = 0.3;
/** Runs whose fonts differ in height by more than this factor are not joined. */
const MOST_RATIO = 1.7;
/** A copy printed over its original, to make it look bold, lies nearer than this. */
const BOLD_SHIFT = 0.2;
/** How far the box of a letter reaches above and below the baseline where its font does not say. */
const ASCENT = 0.8;
const DESCENT = 0.2;
/** Boxes beyond these heights are mistakes of the font. */
const HEIGHTS = { least: 0.3, most: 2.5 };
/** Directions nearer than this to the level or the upright (sine of 1 degree) are taken as such. */
const SQUARE = 0.0175;

/** A letter in the frame of its own direction: `start` to `end` along it, `top` to `bottom` across, all in points. */
export interface Placed {
  readonly character: Character;
  readonly along: readonly [number, number];
  readonly start: number;
  readonly end: number;
  readonly top: number;
  readonly bottom: number;
  readonly base: number;
  readonly size: number;
}

export function place(character: Character): Placed {
  const { box, origin, size } = character;
  const along = squared(character.along);
  const [ux, uy] = along;
  const [x, y] = origin;
  const base = y * ux - x * uy;
  if (ux !== 0 && uy !== 0) {
    const start = x * ux + y * uy;
    // A tilted letter's box says little of its advance; half its height is what letters have on average.
    return {
      character,
      along,
      start,
      end: start + size / 2,
      top: base - ASCENT * size,
      bottom: base + DESCENT * size,
      base,
      size,
    };
  }
  const us = [box.left * ux + box.top * uy, box.right * ux + box.bottom * uy];
  const vs = [box.top * ux - box.left * uy, box.bottom * ux - box.right * uy];
  const height = Math.abs(vs[1]! - vs[0]!);
  const isSound = height >= HEIGHTS.least * size && height <= HEIGHTS.most * size;
  return {
    character,
    along,
    start: Math.min(...us),
    end: Math.max(...us),
    top: isSound ? Math.min(...vs) : base - ASCENT * size,
    bottom: isSound ? Math.max(...vs) : base + DESCENT * size,
    base,
    size,
  };
}

function squared([ux, uy]: readonly [number, number]): readonly [number, number] {
  if (Math.abs(uy) < SQUARE) return [Math.sign(ux), 0];
  if (Math.abs(ux) < SQUARE) return [0, Math.sign(uy)];
  return [ux, uy];
}

/** Whether the letter is a super- or subscript right behind the other. */
function isScriptOf(before: Placed, letter: Placed): boolean {
  const gap = (letter.start - before.end) / before.size;
  const shift = Math.abs(letter.base - before.base) / before.size;
  if (letter.size > SCRIPT_SIZE * before.size || gap < -SCRIPT_REACH || gap > SCRIPT_REACH) return false;
  return shift >= LEVEL && shift < MOST_SHIFT;
}

function beginsWord(before: Placed, letter: Placed): boolean {
  // The mark of a footnote behind a number is no digit of it; another script belongs to its word, whenever it was written.
  if (isScriptOf(before, letter)) return /\d$/.test(before.character.text) && /^\d/.test(letter.character.text);
  const gap = (letter.start - before.end) / Math.max(letter.size, before.size);
  const [first, second] = [HAN.test(before.character.text), HAN.test(letter.character.text)];
  if (first && second) return gap > HAN_GAP;
  if (letter.character.gap !== 'none') return true;
  return (
    gap >
    (first !== second && /\p{L}|\p{N}/u.test(first ? letter.character.text : before.character.text)
      ? SCRIPT_GAP
      : WORD_GAP)
  );
}

/** Letters of one line, growing at its end. */
export interface Run {
  readonly along: readonly [number, number];
  /** The direction as a whole number of degrees, to sort by. */
  readonly turn: number;
  readonly base: number;
  readonly start: number;
  readonly size: number;
  end(): number;
  takes(letter: Placed): boolean;
  add(letter: Placed): void;
  isLevelWith(other: Run): boolean;
  isFollowedBy(other: Run): boolean;
  /** Whether the other is a super- or subscript of its last letter. */
  hasScript(other: Run): boolean;
  /** Whether the other is this one's own copy, slightly moved. */
  repeats(other: Run): boolean;
  append(other: Run): void;
  letters(): readonly Placed[];
  /** At least one, each with at least one letter. */
  words(): Placed[][];
}

export function startRun(first: Placed): Run {
  const letters: Placed[] = [first];
  const wordStarts = new Set<Placed>([first]);
  const last = () => letters[letters.length - 1]!;
  const add = (letter: Placed): void => {
    if (beginsWord(last(), letter)) wordStarts.add(letter);
    letters.push(letter);
  };
  const { along, base, start, size } = first;
  const isParallel = (other: { readonly along: readonly [number, number] }) =>
    other.along[0] * along[0] + other.along[1] * along[1] >= 1 - SQUARE;
  return {
    along,
    turn: Math.round((Math.atan2(along[1], along[0]) * 180) / Math.PI),
    base,
    start,
    size,
    end: () => last().end,
    takes(letter) {
      // Letters of a ligature are written as one glyph: each has the place of all.
      if (letter.start === last().start && letter.end === last().end && letter.base === last().base) return true;
      const unit = Math.max(letter.size, last().size);
      const gap = letter.start - last().end;
      const shift = Math.abs(letter.base - last().base);
      if (!isParallel(letter)) return false;
      if (gap < -MOST_OVERLAP * unit || gap > MOST_GAP * unit) return false;
      return shift < (letter.character.gap === 'break' ? LEVEL : MOST_SHIFT) * unit;
    },
    add,
    isLevelWith: (other) => Math.abs(other.base - base) < LEVEL * Math.max(size, other.size) && isParallel(other),
    hasScript: (other) => isParallel(other) && isScriptOf(last(), other.letters()[0]!),
    isFollowedBy(other) {
      // Not of a script at its end.
      const own = letters.findLast((letter) => Math.abs(letter.base - base) < LEVEL * size)!.size;
      const unit = Math.max(own, other.size);
      const gap = other.start - last().end;
      const ratio = unit / Math.min(own, other.size);
      return ratio < MOST_RATIO && gap > -MOST_OVERLAP * unit && gap < MOST_JOIN * unit;
    },
    repeats: (other) =>
      Math.abs(other.start - start) < BOLD_SHIFT * size &&
      other.letters().length === letters.length &&
      other.letters().every(({ character }, index) => character.text === letters[index]!.character.text),
    append(other) {
      const [head, ...tail] = other.words();
      for (const [index, letter] of (head ?? []).entries()) {
        // Where a run was written apart its first letter need not begin a word.
        if (index === 0 && beginsWord(last(), letter)) wordStarts.add(letter);
        letters.push(letter);
      }
      for (const word of tail) {
        wordStarts.add(word[0]!);
        letters.push(...word);
      }
    },
    letters: () => letters,
    words() {
      const words: Placed[][] = [];
      for (const letter of letters) {
        if (wordStarts.has(letter)) words.push([letter]);
        else words[words.length - 1]!.push(letter);
      }
      return words;
    },
  };
}
