import type { LibraryEntry } from '@docusnap/contracts';
import type { Json } from './language-model.ts';

/** A known document or form, by the number a prompt names it by. */
export interface NumberedEntry {
  /** From 1. */
  readonly number: number;
  readonly entry: LibraryEntry;
}

/** Of the protocol. */
const MOST_RELATED = 5;
/** Letters in a row by which texts are compared: words of alphabets are longer, words of Han characters have two. */
const WORD = /[\p{Script=Han}]{2}|[\p{L}\p{N}]{3,}/gu;

export function numbered(library: readonly LibraryEntry[]): NumberedEntry[] {
  return library.map((entry, at) => ({ number: at + 1, entry }));
}

/** The entries that share most words with a text first. */
export function nearestEntries(entries: readonly NumberedEntry[], text: string): NumberedEntry[] {
  const words = wordsOf(text);
  const shared = ({ entry }: NumberedEntry): number => {
    const own = wordsOf([entry.title, entry.description, ...entry.tags].join(' '));
    return own.size === 0 ? 0 : [...own].filter((word) => words.has(word)).length / own.size;
  };
  return entries
    .map((one) => ({ one, likeness: shared(one) }))
    .toSorted((a, b) => b.likeness - a.likeness)
    .map(({ one }) => one);
}

/** What a model calls related, as far as it was shown it: five at most, each once. */
export function relatedOf(
  answered: readonly Json[],
  shown: readonly NumberedEntry[],
): { type: 'doc' | 'form'; resource_id: string }[] {
  const found = answered.flatMap((number) => shown.find((one) => one.number === number) ?? []);
  return [...new Set(found)].slice(0, MOST_RELATED).map(({ entry }) => ({ type: entry.type, resource_id: entry.id }));
}

function wordsOf(text: string): Set<string> {
  return new Set(text.toLowerCase().match(WORD));
}
