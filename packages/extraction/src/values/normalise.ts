/**
 * A text without what print, readers and people disagree about: width of forms, case, accents' composition, spaces, punctuation. What is left
 * are letters and digits, with the place each came from.
 */
export interface Normalised {
  readonly text: string;
  /** For each UTF-16 unit of `text`, the position in the source. */
  readonly from: readonly number[];
}

export function normalise(source: string): Normalised {
  let text = '';
  const from: number[] = [];
  let at = 0;
  let before = '';
  for (const character of source) {
    const plain = plainForm(character, before);
    for (const unit of plain) {
      if (!/[\p{L}\p{N}\p{M}]/u.test(unit)) continue;
      text += unit;
      for (let part = 0; part < unit.length; part += 1) from.push(at);
    }
    at += character.length;
    before = character;
  }
  return { text, from };
}

/** In one width and case. Fractions and powers stay what they are: "½" is not 12 and "10²" not 102, though "m²" may be printed "m2". */
function plainForm(character: string, before: string): string {
  const plain = character.normalize('NFKC').toLowerCase();
  const isFraction = plain.includes('\u2044');
  const isPower = /\p{No}/u.test(character) && /\p{N}/u.test(before);
  return isFraction || isPower ? character : plain;
}

/** Only its letters and digits, accents composed: for comparisons. */
export function lettersOf(source: string): string {
  return source
    .normalize('NFKC')
    .toLowerCase()
    .replace(/[^\p{L}\p{N}\p{M}]+/gu, '');
}
