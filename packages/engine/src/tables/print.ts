import type { PlacedWord, Rule } from './upright.ts';

/** A stroke of which this part runs through words is one of letters, or strikes words out. */
const MOST_IN_WORDS = 0.5;
/** How far inside a word's box, as a part of its height, a stroke goes through the word and not beside it. */
const INSIDE = 0.22;
/** The same for upright strokes, which columns of equal digits seem to have at the ends of words. */
const INSIDE_ENDS = 0.1;
/** The stems of the largest letters are so many heights of print long. */
const STEM = 1.3;
/** A stroke that crosses a word parts it unless it is this near to the word's end, as a part of the word's width ... */
const AT_END = 0.12;
/** ... and crosses most of its height. */
const CROSSES = 0.6;

/** The strokes that are no part of the print. */
export function withoutLetters(
  { horizontal, vertical }: { readonly horizontal: readonly Rule[]; readonly vertical: readonly Rule[] },
  words: readonly PlacedWord[],
): { horizontal: Rule[]; vertical: Rule[] } {
  return {
    horizontal: horizontal.filter((rule) => {
      const inside = words.filter(
        ({ top, bottom, size }) => rule.at > top + INSIDE * size && rule.at < bottom - INSIDE * size,
      );
      return (
        covered(
          rule,
          inside.map(({ left, right }) => [left, right]),
        ) < MOST_IN_WORDS
      );
    }),
    vertical: vertical.filter((rule) => {
      const inside = words.filter(({ left, right, size }) => {
        // One no longer than a letter is high is a letter's stem, also at a word's very end.
        const inset = rule.to - rule.from < STEM * size ? 0 : INSIDE_ENDS * size;
        return rule.at > left + inset && rule.at < right - inset;
      });
      return (
        covered(
          rule,
          inside.map(({ top, bottom }) => [top, bottom]),
        ) < MOST_IN_WORDS
      );
    }),
  };
}

/** The part of a rule's length that some stretches, which overlap little, take. */
function covered({ from, to }: Rule, stretches: readonly (readonly number[])[]): number {
  const taken = stretches.reduce(
    (sum, [start = 0, end = 0]) => sum + Math.max(0, Math.min(end, to) - Math.max(start, from)),
    0,
  );
  return taken / Math.max(1, to - from);
}

/**
 * Words as they stand between vertical rules: a line that was read across a rule has words on both sides, sometimes in one word, and sometimes
 * the rule itself, read as a bar.
 */
export function partedByRules(words: readonly PlacedWord[], vertical: readonly Rule[]): PlacedWord[] {
  return words.flatMap((word) => {
    const { left, right, top, bottom, size } = word;
    const crossing = vertical.filter(({ at, from, to }) => {
      const across = Math.min(to, bottom) - Math.max(from, top);
      return at > left - size / 4 && at < right + size / 4 && across >= CROSSES * size;
    });
    if (crossing.length === 0) return [word];
    const bare = withoutBars(word, crossing);
    const cuts = crossing
      .map(({ at }) => (at - left) / (right - left))
      .filter((part) => part > AT_END && part < 1 - AT_END)
      .sort((a, b) => a - b);
    return cuts.length === 0 ? bare : bare.flatMap((one) => partedAt(one, cuts));
  });
}

function withoutBars(word: PlacedWord, crossing: readonly Rule[]): PlacedWord[] {
  const near = (x: number) => crossing.some(({ at }) => Math.abs(at - x) < word.size / 2);
  let { text } = word;
  if (/^[|｜]/.test(text) && near(word.left)) text = text.slice(1);
  if (/[|｜]$/.test(text) && near(word.right)) text = text.slice(0, -1);
  return text === '' ? [] : [{ ...word, text }];
}

/** A word at some parts of its width: letters are taken as equally wide, and a bar among them as the rule. */
function partedAt(word: PlacedWord, cuts: readonly number[]): PlacedWord[] {
  const letters = Array.from(word.text);
  const bounds = [0, ...cuts, 1];
  const places = bounds.map((part) => Math.round(part * letters.length));
  return bounds.slice(1).flatMap((end, index) => {
    const start = bounds[index]!;
    const text = letters
      .slice(places[index], places[index + 1])
      .join('')
      .replace(/^[|｜]+|[|｜]+$/g, '');
    const width = word.right - word.left;
    return text === '' ? [] : [{ ...word, text, left: word.left + start * width, right: word.left + end * width }];
  });
}
