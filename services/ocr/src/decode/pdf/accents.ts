import type { Character } from './characters.ts';

/** Accents that stand by themselves, as the combining marks that make a letter of two. */
const COMBINING: Readonly<Record<string, string>> = {
  '\u00A8': '\u0308',
  '\u00AF': '\u0304',
  '\u00B4': '\u0301',
  '\u00B8': '\u0327',
  '\u02C6': '\u0302',
  '\u02C7': '\u030C',
  '\u02D8': '\u0306',
  '\u02D9': '\u0307',
  '\u02DA': '\u030A',
  '\u02DB': '\u0328',
  '\u02DC': '\u0303',
  '\u02DD': '\u030B',
};
const MARK = /^\p{M}$/u;
/** Written with an accent, these have no dot to make room for. */
const DOTLESS: Readonly<Record<string, string>> = { \u0131: 'i', \u0237: 'j' };
/** The middle of an accent is no further from that of its letter than this part of the font's height ... */
const MOST_ASIDE = 0.25;
/** ... nor, but of marks that have no width of their own, than this part of the wider one's width: else one stands beside the other ... */
const MOST_BESIDE = 0.5;
/** ... and its baseline, which is higher over capitals, no further from the letter's. */
const MOST_RAISED = 0.5;
/** Its letter is written next to it or, by programs that draw accents last, anywhere. So many accents are looked for all over the page. */
const MOST_STRAYS = 200;

/** Accents that were printed over letters of their own (TeX does so), and those letters, as one letter each. */
export function withAccents(characters: readonly Character[]): Character[] {
  const all: (Character | undefined)[] = [...characters];
  let strays = 0;
  for (const [index, accent] of characters.entries()) {
    const mark = MARK.test(accent.text) ? accent.text : COMBINING[accent.text];
    if (mark === undefined) continue;
    const fits = (at: number): boolean => all[at] !== undefined && at !== index && isOver(accent, all[at], mark);
    let at = [index + 1, index - 1].find(fits) ?? -1;
    if (at < 0 && strays < MOST_STRAYS) {
      strays += 1;
      at = all.findIndex((_, i) => fits(i));
    }
    const letter = all[at];
    if (!letter) continue;
    // What parted the accent from what was before it parts the letter that comes in its place.
    const gap = at === index + 1 && letter.gap === 'none' ? accent.gap : letter.gap;
    all[at] = { ...letter, text: composed(letter.text, mark), gap };
    all[index] = undefined;
  }
  return all.filter((character) => character !== undefined);
}

function composed(letter: string, mark: string): string {
  return `${DOTLESS[letter] ?? letter}${mark}`.normalize('NFC');
}

/** Where they stand is looked at first: it costs the least, and settles nearly all. */
function isOver(accent: Character, letter: Character, mark: string): boolean {
  const [ux, uy] = letter.along;
  const [x, y] = [accent.origin[0] - letter.origin[0], accent.origin[1] - letter.origin[1]];
  if (Math.abs(y * ux - x * uy) >= MOST_RAISED * letter.size) return false;
  const aside = (middle(accent)[0] - middle(letter)[0]) * ux + (middle(accent)[1] - middle(letter)[1]) * uy;
  if (Math.abs(aside) >= MOST_ASIDE * letter.size) return false;
  // Typed for an apostrophe, an accent has a place of its own in its word, however narrow the font is.
  if (!MARK.test(accent.text) && Math.abs(aside) >= MOST_BESIDE * Math.max(widthOf(accent), widthOf(letter)))
    return false;
  return /^\p{L}$/u.test(letter.text) && [...composed(letter.text, mark)].length === 1;
}

/** Along its line. */
function widthOf({ box: { left, top, right, bottom }, along: [ux, uy] }: Character): number {
  return Math.abs(ux) >= Math.abs(uy) ? right - left : bottom - top;
}

function middle({ box: { left, top, right, bottom } }: Character): readonly [number, number] {
  return [(left + right) / 2, (top + bottom) / 2];
}
