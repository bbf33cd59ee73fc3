import type { DocResult, LibraryEntry } from '@docusnap/contracts';
import { lettersOf } from '../values/normalise.ts';
import type { Pair } from './pairs.ts';
import { contentWords } from './words.ts';

const MOST = 5;
/** What two documents have in common: a value is much, a tag or a word of the title little. Less in all is chance. */
const POINTS = { value: 3, tag: 1, word: 1 } as const;
const FEWEST_POINTS = 3;
/** Shorter values are shared by chance. */
const FEWEST_LETTERS = 4;
/** Values that many documents share and that relate none. */
const COMMON: ReadonlySet<string> = new Set([
  'Currency',
  'Sex',
  'Nationality',
  'Form Type',
  'Country',
  'Pages',
  'Time',
]);

/** At most five entries of the library that share values, tags or words of the title; the nearest first. Ids come from the library only. */
export function relatedTo(
  library: readonly LibraryEntry[],
  { title, tags, pairs }: { readonly title: string; readonly tags: readonly string[]; readonly pairs: readonly Pair[] },
): DocResult['related'] {
  const values = new Set(
    pairs
      .filter(({ key }) => !COMMON.has(key))
      .map(({ value }) => lettersOf(value))
      .filter((letters) => letters.length >= FEWEST_LETTERS),
  );
  const [ownTags, words] = [new Set(tags.map(lettersOf)), new Set(contentWords(title))];
  const ranked = library
    .map((entry, at) => {
      const shared = new Set(
        Object.entries(entry.kv)
          .filter(([key]) => !COMMON.has(key))
          .map(([, value]) => lettersOf(value))
          .filter((letters) => values.has(letters)),
      ).size;
      const sharedTags = new Set(entry.tags.map(lettersOf).filter((tag) => ownTags.has(tag))).size;
      const sharedWords = new Set(contentWords(entry.title).filter((word) => words.has(word))).size;
      return { entry, at, points: shared * POINTS.value + sharedTags * POINTS.tag + sharedWords * POINTS.word };
    })
    .filter(({ points }) => points >= FEWEST_POINTS)
    .toSorted((a, b) => b.points - a.points || a.at - b.at)
    .map(({ entry }) => ({ type: entry.type, resource_id: entry.id }));
  return ranked
    .filter(
      (one, at) =>
        ranked.findIndex(({ type, resource_id }) => type === one.type && resource_id === one.resource_id) === at,
    )
    .slice(0, MOST);
}
