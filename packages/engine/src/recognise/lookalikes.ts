import type { Character } from './decode.ts';

/** Characters that print cannot tell apart for sure, and what each may be instead. */
const LOOKALIKES: Readonly<Record<string, readonly string[]>> = {
  '0': ['O', 'o'],
  O: ['0'],
  o: ['0'],
  '1': ['I', 'l'],
  I: ['1', 'l'],
  l: ['1', 'I'],
  '5': ['S'],
  S: ['5'],
  '8': ['B'],
  B: ['8'],
};

/**
 * How probable the other reading must be. Measured on letters, forms and receipts: where the first reading was right, the other one had less
 * than 0.01 nearly always, where it was wrong, between 0.02 and 0.45. What stands on one side only is weaker evidence ("Q1", "M0").
 */
const BETWEEN_TWO = 0.02;
const BESIDE_ONE = 0.12;

const LETTER = /\p{L}/u;
const DIGIT = /\p{N}/u;
const UPPER = /\p{Lu}/u;

/** The probability that the recogniser gave to another text in a character's place. */
export type Posterior = (character: Character, text: string) => number;

/**
 * Exchanges a character for its lookalike where the word around it and the recogniser's own second thoughts both ask for it:
 * a digit among letters becomes a letter ("INV0ICE"), a letter among digits a digit ("475OO"). Words that mix surely
 * read letters and digits (codes) are left alone.
 */
export function settleLookalikes(word: readonly Character[], posterior: Posterior): Character[] {
  const sure = word.filter(({ text }) => LOOKALIKES[text] === undefined);
  const letters = sure.some(({ text }) => LETTER.test(text));
  const digits = sure.some(({ text }) => DIGIT.test(text));
  const settled = [...word];
  if (letters === digits) {
    return settled;
  }
  const wanted = letters ? LETTER : DIGIT;
  word.forEach((character, index) => {
    const beside = [settled[index - 1], word[index + 1]].flatMap((other) => (other ? [other.text] : []));
    const text = wanted.test(character.text) ? undefined : otherReading(character, beside, wanted, posterior);
    if (text !== undefined) {
      settled[index] = { ...character, text };
    }
  });
  return settled;
}

/** The lookalike of the wanted kind, when its neighbours and its probability speak for it. */
function otherReading(
  character: Character,
  beside: readonly string[],
  wanted: RegExp,
  posterior: Posterior,
): string | undefined {
  const speaking = beside.filter((text) => LETTER.test(text) || DIGIT.test(text));
  const agreeing = speaking.filter((text) => wanted.test(text));
  if (agreeing.length === 0 || agreeing.length < speaking.length) {
    return undefined;
  }
  const least = agreeing.length === 2 ? BETWEEN_TWO : BESIDE_ONE;
  const upper = agreeing.every((text) => UPPER.test(text));
  const [best] = (LOOKALIKES[character.text] ?? [])
    .filter((text) => wanted.test(text))
    .map((text) => ({ text, probability: posterior(character, text), fits: UPPER.test(text) === upper }))
    .filter(({ probability }) => probability >= least)
    .sort((a, b) => Number(b.fits) - Number(a.fits) || b.probability - a.probability);
  return best?.text;
}
