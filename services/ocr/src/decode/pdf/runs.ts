import type { Character } from './characters.ts';
import { isRightToLeft } from './direction.ts';

/** All of these are parts of the font's height. Letters further apart than this belong to different lines: columns, cells of a table. */
const MOST_GAP = 1.1;
/** Runs that were written apart are joined over less. */
const MOST_JOIN = 0.8;
/** Letters overlap by kerning, at most so much ... */
const MOST_OVERLAP = 0.5;
/** ... and where a full-width mark, of which half is white, was squeezed to fill its line, so much. */
const MOST_SQUEEZE = 0.75;
const CLOSING =
  /[\u3001\u3002\u3009\u300B\u300D\u300F\u3011\u3015\u3017\uFF01\uFF09\uFF0C\uFF0E\uFF1A\uFF1B\uFF1F\uFF3D\uFF5D]$/u;
const OPENING = /^[\u3008\u300A\u300C\u300E\u3010\u3014\u3016\uFF08\uFF3B\uFF5B]/u;
/**
 * Letters this much further apart than the others of their line are of different words, though no space was written. Spaces of narrow fonts are 0.2, those
 * of tightly set lines less.
 */
const WORD_GAP = 0.1;
/** So many gaps tell how far letters are set apart. */
const LEAST_GAPS = 4;
/** Short words, and some words of a line, are set apart by at most so much: their letters stand as far from each other as from their neighbours. */
const MOST_TRACKING = 0.2;
/** Where a tilted letter ends is only guessed, and may be wrong by so much: spaces that were written tell its words apart. */
const GUESSED_GAP = 0.5;
/** What letters have on average of their height, and Han letters all of it. */
const ADVANCE = { usual: 0.5, han: 1 };
/** A Han character, or a pictograph, and what is no such belong to different words from here on, however far letters of their line are apart. */
const SCRIPT_GAP = 0.1;
/** Han text knows no spaces: one that was written there only stretches the line, unless it is as wide as this. */
const HAN_GAP = 0.5;
const HAN = /^[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\u3000-\u303F\uFF01-\uFF60]/u;
const PICTOGRAPH = /\p{Emoji_Presentation}|\p{Regional_Indicator}/u;
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
    // A tilted letter's box says little of its advance.
    const advance = HAN.test(character.text) ? ADVANCE.han : ADVANCE.usual;
    return {
      character,
      along,
      start,
      end: start + advance * size,
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

/** How far a letter may reach into the one before it. */
function mostOverlap(before: Placed, letter: Placed): number {
  const isSqueezed = CLOSING.test(before.character.text) || OPENING.test(letter.character.text);
  return isSqueezed ? MOST_SQUEEZE : MOST_OVERLAP;
}

/** @param tracking how far letters of one word stand apart in this line, as part of the font's height */
function beginsWord(before: Placed, letter: Placed, tracking: number): boolean {
  // The mark of a footnote behind a number is no digit of it; another script belongs to its word, whenever it was written.
  if (isScriptOf(before, letter)) return /\d$/.test(before.character.text) && /^\d/.test(letter.character.text);
  const gap = gapOf(before, letter);
  // Spaces beside pictographs are told as wide as the pictograph, which PDFium does not know of.
  if (PICTOGRAPH.test(before.character.text) || PICTOGRAPH.test(letter.character.text)) return gap > SCRIPT_GAP;
  const [first, second] = [HAN.test(before.character.text), HAN.test(letter.character.text)];
  if (first && second) return gap > HAN_GAP;
  // A space is told with the letter that is read after it. Where letters of Arabic end is only guessed, too.
  if (isRightToLeft(before)) return before.character.gap !== 'none' || gap > GUESSED_GAP;
  if (isRightToLeft(letter)) return gap > SCRIPT_GAP;
  if (letter.character.gap !== 'none') return true;
  if (isTilted(letter)) return gap > GUESSED_GAP;
  return gap > (first === second ? tracking + WORD_GAP : SCRIPT_GAP);
}

function isTilted({ along }: Placed): boolean {
  return along[0] !== 0 && along[1] !== 0;
}

/** As part of the font's height. */
function gapOf(before: Placed, letter: Placed): number {
  return (letter.start - before.end) / Math.max(letter.size, before.size);
}

/** How far letters are set apart around one of them. A word of one letter stands as far from both of its neighbours, but those do not from theirs. */
function trackingAt(letters: readonly Placed[], at: number): number {
  const isLetter = (index: number): boolean => /^\p{L}/u.test(letters[index]!.character.text);
  if (!isLetter(at - 1) || !isLetter(at)) return 0;
  const beside = [at - 1, at + 1].flatMap((index) => {
    const [before, letter] = [letters[index - 1], letters[index]];
    return before && letter?.character.gap === 'none' ? [gapOf(before, letter)] : [];
  });
  return Math.min(MOST_TRACKING, ...beside);
}

/** The usual gap between letters that no written space parts: none, unless they were set apart. */
function trackingOf(letters: readonly Placed[]): number {
  const gaps = letters.slice(1).flatMap((letter, index) => {
    const before = letters[index]!;
    return letter.character.gap === 'none' ? [gapOf(before, letter)] : [];
  });
  if (gaps.length < LEAST_GAPS) return 0;
  return Math.max(0, gaps.sort((a, b) => a - b)[gaps.length >> 1]!);
}

/** Letters of a ligature begin where it does, and where each has a width of its own it lies behind the one before it. */
function behindLigature(before: Placed, letter: Placed): Placed {
  const [first, second] = [before.character.origin, letter.character.origin];
  const isOfOne = first[0] === second[0] && first[1] === second[1] && before.end !== letter.end;
  return isOfOne ? { ...letter, start: before.end, end: before.end + letter.end - letter.start } : letter;
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
  const last = () => letters[letters.length - 1]!;
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
      if (gap < -mostOverlap(last(), letter) * unit || gap > MOST_GAP * unit) return false;
      return shift < (letter.character.gap === 'break' ? LEVEL : MOST_SHIFT) * unit;
    },
    add(letter) {
      letters.push(behindLigature(last(), letter));
    },
    isLevelWith: (other) => Math.abs(other.base - base) < LEVEL * Math.max(size, other.size) && isParallel(other),
    hasScript: (other) => isParallel(other) && isScriptOf(last(), other.letters()[0]!),
    isFollowedBy(other) {
      // Not of a script at its end.
      const own = letters.findLast((letter) => Math.abs(letter.base - base) < LEVEL * size)!.size;
      const unit = Math.max(own, other.size);
      const gap = other.start - last().end;
      const ratio = unit / Math.min(own, other.size);
      // Each of their letters is a run of its own, for the next one does not stand behind it.
      const most = isRightToLeft(last()) && isRightToLeft(other.letters()[0]!) ? MOST_GAP : MOST_JOIN;
      return ratio < MOST_RATIO && gap > -mostOverlap(last(), other.letters()[0]!) * unit && gap < most * unit;
    },
    repeats: (other) =>
      Math.abs(other.start - start) < BOLD_SHIFT * size &&
      other.letters().length === letters.length &&
      other.letters().every(({ character }, index) => character.text === letters[index]!.character.text),
    append(other) {
      for (const letter of other.letters()) letters.push(letter);
    },
    letters: () => letters,
    words() {
      const tracking = trackingOf(letters);
      const words: Placed[][] = [[first]];
      for (let i = 1; i < letters.length; i += 1) {
        const apart = Math.max(tracking, trackingAt(letters, i));
        if (beginsWord(letters[i - 1]!, letters[i]!, apart)) words.push([letters[i]!]);
        else words[words.length - 1]!.push(letters[i]!);
      }
      return words;
    },
  };
}
