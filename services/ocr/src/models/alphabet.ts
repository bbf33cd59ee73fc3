import { AppError } from '@docusnap/contracts';

/**
 * The characters of a recogniser by class index: CTC's blank, the keys of its file in order, and the space, which PP-OCR adds last.
 *
 * @throws AppError `models_unavailable` when the model tells another number of classes than that
 */
export function alphabetOf(keys: string, classes: number): string[] {
  const lines = keys.split('\n').map((line) => line.replace(/\r$/, ''));
  if (lines[lines.length - 1] === '') {
    lines.pop();
  }
  const alphabet = ['', ...lines, ' '];
  if (alphabet.length !== classes) {
    throw new AppError('models_unavailable', `The alphabet has ${alphabet.length} classes, the model ${classes}.`);
  }
  return alphabet;
}
