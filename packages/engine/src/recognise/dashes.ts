import type { Character } from './decode.ts';
import type { Posterior } from './lookalikes.ts';
import { isSquare, middleOf, pitchOf } from './pitch.ts';

/** What the recogniser reads where a dash stands: the Han numeral one, dashes of three widths, and a line of a box. */
const NUMERAL = '一';
const DASHES = ['—', '-', '－', '─'] as const;
const STROKES = [NUMERAL, ...DASHES];
/** Half of the Chinese dash, which is two characters long. */
const DASH = '—';
/**
 * From this probability of a dash, summed over both strokes, two strokes side by side are one Chinese dash. On Chinese pages and screens dashes read as
 * numerals had 0.14 to 1.2 together, single numerals up to 0.12. In faces without serifs the recogniser cannot tell them apart (drawn lines: 0.1 to 2
 * for either), and a dash is by far the commoner of the two.
 */
const LEAST = 0.12;
/** Where one of these stands before or behind, a stroke is a numeral: years, paragraphs, telephone numbers, days of the week. */
const BEFORE_NUMERAL = /[〇○零二三四五六七八九十百千万第周期拜]/;
const BEHIND_NUMERAL = /[〇○零二三四五六七八九十百千万年]/;
/**
 * A dash of one unbroken stroke is read as one character, at its first half: the letter behind is so many letters away, and no space is between. On drawn
 * lines it was 1.6 to 2.25 behind a double dash, 1 to 1.25 behind a single one.
 */
const LONG = 1.5;
const SPACE = 0.5;
/** A character of its own in the alphabet, that no one prints: it is always a vertical bar. */
const BAR = { read: '丨', is: '|' } as const;

/** Chinese dashes ("——"), which the recogniser likes to read as the numeral one twice, as mixed dashes or as a single one, and vertical bars. */
export function settleDashes(characters: readonly Character[], posterior: Posterior): Character[] {
  const settled = characters.map((character) =>
    character.text === BAR.read ? { ...character, text: BAR.is } : character,
  );
  for (let index = 1; index < settled.length; index += 1) {
    const pair = [settled[index - 1]!, settled[index]!] as const;
    const around = [settled[index - 2], settled[index + 1]] as const;
    if (isDash(pair, around) && dashiness(pair, posterior) >= LEAST) {
      settled[index - 1] = { ...pair[0], text: DASH };
      settled[index] = { ...pair[1], text: DASH };
    }
  }
  return doubled(settled);
}

type Around = readonly [Character | undefined, Character | undefined];

/**
 * Two strokes of which one was read as a numeral; the plain ones of Latin print stay two hyphens. Two that were both read as hyphens are left, whatever
 * their width: of seven such lines the labels of screens have four as hyphens.
 */
function isDash(pair: readonly Character[], [before, behind]: Around): boolean {
  if (!pair.every(isStroke) || !pair.some(({ text }) => text === NUMERAL)) return false;
  return !BEFORE_NUMERAL.test(before?.text ?? '') && !BEHIND_NUMERAL.test(behind?.text ?? '');
}

/** Long dashes of one stroke, as the two characters that they are. */
function doubled(characters: readonly Character[]): Character[] {
  const pitch = characters.some(({ text }) => isLong(text)) ? pitchOf(characters) : undefined;
  if (pitch === undefined) return [...characters];
  return characters.flatMap((character, index) => {
    const [before, behind] = [characters[index - 1], characters[index + 1]];
    if (!isLong(character.text) || behind === undefined || !isSquare(behind) || behind.spaceBefore >= SPACE)
      return [character];
    const isAlone = before === undefined || !isStroke(before);
    if (!isAlone || middleOf(behind) - middleOf(character) < LONG * pitch) return [character];
    const dash = { ...character, text: DASH };
    return [dash, { ...dash, spaceBefore: 0 }];
  });
}

function isLong(text: string): boolean {
  return text !== '-' && DASHES.some((dash) => dash === text);
}

function isStroke({ text }: Character): boolean {
  return STROKES.some((stroke) => stroke === text);
}

function dashiness(pair: readonly Character[], posterior: Posterior): number {
  return pair.reduce((sum, character) => sum + DASHES.reduce((own, dash) => own + posterior(character, dash), 0), 0);
}
