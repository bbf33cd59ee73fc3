import type { Character } from './decode.ts';
import type { Lexicon } from './lexicon.ts';

/** A space less probable than this is none where it parts a word: of 41 that did on letters, forms and receipts 37 had less. */
const DOUBTFUL = 0.3;
/** One at least so probable is one where without it two words are none. */
const THOUGHT_OF = 0.005;
const LETTERS = /^\P{L}*([A-Za-z]+)\P{L}*$/u;
const ONE_LETTER = /^[aAI]$/;

/** Words that a doubtful space parts put together, and two words that were read as one parted, where the lexicon knows what comes of it. */
export function settleParts(words: readonly (readonly Character[])[], lexicon: () => Lexicon): Character[][] {
  const joined: Character[][] = [];
  for (const word of words) {
    const before = joined[joined.length - 1];
    if (before && belongTogether(before, word, lexicon)) before.push(...word);
    else joined.push([...word]);
  }
  return joined.flatMap((word) => parted(word, lexicon));
}

function belongTogether(first: readonly Character[], second: readonly Character[], lexicon: () => Lexicon): boolean {
  if (second[0]!.spaceBefore >= DOUBTFUL) return false;
  const [a, b] = [textOf(first), textOf(second)];
  // Only what is next to the gap is looked at: marks may stand before the first part and behind the second.
  const whole = /[A-Za-z]$/.test(a) && /^[A-Za-z]/.test(b) ? LETTERS.exec(a + b)?.[1] : undefined;
  if (whole === undefined || !lexicon().knows(whole.toLowerCase())) return false;
  return ![a, b].every((part) => isWord(LETTERS.exec(part)?.[1] ?? '', lexicon()));
}

function parted(word: readonly Character[], lexicon: () => Lexicon): Character[][] {
  const thought = word.flatMap(({ spaceBefore }, index) => (index > 0 && spaceBefore >= THOUGHT_OF ? [index] : []));
  const whole = thought.length > 0 ? LETTERS.exec(textOf(word))?.[1] : undefined;
  if (whole === undefined || lexicon().knows(whole.toLowerCase())) return [[...word]];
  const [best] = thought
    .map((index) => [word.slice(0, index), word.slice(index)] as const)
    .filter((parts) => parts.every((part) => isWord(LETTERS.exec(textOf(part))?.[1] ?? '', lexicon())))
    .sort(([, a], [, b]) => b[0]!.spaceBefore - a[0]!.spaceBefore);
  return best ? best.map((part) => [...part]) : [[...word]];
}

function isWord(text: string, lexicon: Lexicon): boolean {
  return ONE_LETTER.test(text) || lexicon.knows(text.toLowerCase());
}

function textOf(characters: readonly Character[]): string {
  return characters.map(({ text }) => text).join('');
}
