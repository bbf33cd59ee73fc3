import { AppError } from '@docusnap/contracts';

/** CTC's class 0. */
const BLANK = '';
/** The class that PP-OCR adds last (`use_space_char`). */
const SPACE = ' ';

/** The lines of a file of keys, or of a recogniser's metadata: a character each. */
export function keysIn(text: string): string[] {
  const lines = text.split('\n').map((line) => line.replace(/\r$/, ''));
  return lines.at(-1) === '' ? lines.slice(0, -1) : lines;
}

/**
 * The characters of a recogniser by class index: CTC's blank, its keys in order, and the space, which PP-OCR adds last. The number of classes
 * tells whether it was added: some models were trained without.
 *
 * Some lists of keys hold a space of their own besides (en_dict.txt). PP-OCR's training maps a character to the last class of its name, so the
 * earlier one was never taught and stands for nothing.
 *
 * @throws AppError `models_unavailable` when the model tells another number of classes than that
 */
export function alphabetOf(keys: readonly string[], classes: number): string[] {
  const withSpace = classes === keys.length + 2;
  if (!withSpace && classes !== keys.length + 1) {
    const expected = `${keys.length + 1} or ${keys.length + 2} classes (blank, ${keys.length} keys, maybe a space)`;
    throw new AppError('models_unavailable', `Expected the recogniser to give ${expected}, it gives ${classes}.`);
  }
  const alphabet = [BLANK, ...keys, ...(withSpace ? [SPACE] : [])];
  const space = alphabet.lastIndexOf(SPACE);
  return alphabet.map((character, index) => (character === SPACE && index !== space ? BLANK : character));
}
