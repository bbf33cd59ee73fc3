import type { Pair } from './pairs.ts';
import { contentWords, frequentWords } from './words.ts';

/** What a description is made of. */
export interface Facts {
  /** Of classify; "other" where it is of no known kind. */
  readonly kind: string;
  /** The title as printed; empty where it was given by its kind. */
  readonly heading: string;
  readonly pages: number;
  readonly pairs: readonly Pair[];
  /** Its text in reading order, blocks apart by an empty line. */
  readonly text: string;
}

const MOST_TAGS = 4;
/** A word says what a text is about when it comes so often; one of the title once less. */
const OFTEN = 3;
/** A sentence worth quoting is so long, and among so many from the beginning. */
const SENTENCE = { least: 30, most: 220, among: 40 } as const;
/** The share of small letters in a sentence of a text. */
const FLOWING = 0.65;
/** So many content words make a text; fewer are a form or a bill. */
const FEWEST_WORDS = 60;

/** One to four tags: its kind, then what it says most often. */
export function tagsOf({ kind, heading, text }: Facts): string[] {
  const inTitle = new Set(contentWords(heading));
  const frequent = frequentWords(`${heading}\n${text}`)
    .filter(({ word, count }) => count >= (inTitle.has(word) ? OFTEN - 1 : OFTEN))
    .toSorted((a, b) => b.count + (inTitle.has(b.word) ? OFTEN : 0) - a.count - (inTitle.has(a.word) ? OFTEN : 0))
    .map(({ word }) => word);
  const tags = [...(kind === 'other' ? [] : [kind]), ...frequent, ...inTitle];
  const distinct = [...new Set(tags)].slice(0, MOST_TAGS);
  return distinct.length > 0 ? distinct : ['document'];
}

/** A sentence or two: what it is, from whom and when and over how much, and the sentence of its text that says most. */
export function describe(facts: Facts): string {
  const value = (key: string): string | undefined => facts.pairs.find((pair) => pair.key === key)?.value;
  const [company, total, currency] = ['Company', 'Total', 'Currency'].map(value);
  const date = value('Date') ?? value('Invoice Date') ?? value('Date of Issue');
  const what = facts.kind === 'other' ? 'Document' : facts.kind.replace(/^\p{Ll}/u, (letter) => letter.toUpperCase());
  const parts = [
    `${what}${facts.heading === '' || facts.heading === company ? '' : ` "${facts.heading}"`}`,
    company === undefined ? '' : ` from ${company}`,
    date === undefined ? '' : ` of ${date}`,
    total === undefined ? '' : `, total ${total}${currency === undefined ? '' : ` ${currency}`}`,
    facts.pages === 1 ? ', 1 page.' : `, ${facts.pages} pages.`,
  ];
  const sentence = telling(facts.text);
  return parts.join('') + (sentence === undefined ? '' : ` ${sentence}`);
}

/** The sentence of a text whose words are its most frequent ones, for its length. */
function telling(text: string): string | undefined {
  const words = frequentWords(text);
  if (words.reduce((sum, { count }) => sum + count, 0) < FEWEST_WORDS) return undefined;
  const counts = new Map(words.map(({ word, count }) => [word, count]));
  const sentences = text
    .split('\n\n')
    .flatMap((block) => [...new Intl.Segmenter('und', { granularity: 'sentence' }).segment(flowing(block))])
    .map(({ segment }) => segment.trim())
    .filter(
      (segment) =>
        segment.length >= (/\p{Script=Han}/u.test(segment) ? SENTENCE.least / 2 : SENTENCE.least) &&
        segment.length <= SENTENCE.most,
    )
    .filter((segment) => /^[\p{Lu}\p{Script=Han}“"]/u.test(segment) && /[.!?。！？]["”]?$/u.test(segment))
    .filter((segment) => isFlowing(segment))
    .slice(0, SENTENCE.among);
  const points = (sentence: string): number => {
    const own = contentWords(sentence);
    return own.reduce((sum, word) => sum + (counts.get(word) ?? 0), 0) / Math.sqrt(own.length + 1);
  };
  return sentences
    .map((sentence) => ({ sentence, points: points(sentence) }))
    .toSorted((a, b) => b.points - a.points)[0]?.sentence;
}

/** A sentence is of small letters for the most part, or of Chinese; lists and headings are not. */
function isFlowing(sentence: string): boolean {
  const small = sentence.replace(/[^\p{Ll}\p{Lo}]/gu, '').length;
  return small >= FLOWING * sentence.length && !/[:：]/.test(sentence);
}

/** Lines of a block as one text: words that were broken at the end of a line made whole. */
function flowing(block: string): string {
  return block
    .replace(/(?<=\p{Ll})-\n(?=\p{Ll})/gu, '')
    .replace(/(?<=\p{Script=Han}\p{P}?)\n(?=\p{Script=Han})/gu, '')
    .replace(/\s+/gu, ' ');
}
