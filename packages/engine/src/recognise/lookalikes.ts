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

/** Small letters of the shape of their capitals; between two capitals one with so probable a capital is none (real ones, "YoY": under 0.03). */
const SAME_SHAPE = /[cosuvwxz]/;
const CAPITAL = 0.08;
/** An S that begins a word or stands in a bracket is a dollar sign from this probability of one on; of six others on forms and receipts five had under 0.01, one 0.08. */
const DOLLAR = 0.05;
/** A dash between letters is a long one from this probability on; hyphens had under 0.03. */
const LONG_DASH = 0.15;

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

/** Exchanges a letter, or a dash, for another sign of nearly its shape where its place and the recogniser's second thoughts both ask for it. */
export function settleShapes(word: readonly Character[], posterior: Posterior): Character[] {
  return word.map((character, index) => {
    const { text } = character;
    const [before, after] = [word[index - 1]?.text ?? '', word[index + 1]?.text ?? ''];
    const as = (other: string, least: number) =>
      posterior(character, other) >= least ? { ...character, text: other } : character;
    if (SAME_SHAPE.test(text) && UPPER.test(before) && UPPER.test(after)) return as(text.toUpperCase(), CAPITAL);
    if (text === 'S' && (before === '' || before === '(')) return as('$', DOLLAR);
    if (text === '-' && LETTER.test(before) && LETTER.test(after)) return as('—', LONG_DASH);
    return character;
  });
}
