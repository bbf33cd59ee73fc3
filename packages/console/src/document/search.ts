import type { PageText } from '@docusnap/contracts';
import { linesOf, type Place } from './geometry.ts';

/**
 * Text as it is compared: without case, width, spaces and hyphens. So a hit is found across the end of a line, and in print that has no spaces
 * or has them elsewhere than they were typed.
 */
export function comparable(text: string): string {
  return text
    .normalize('NFKC')
    .toLowerCase()
    .replaceAll(/[\s\-\u00ad\u200b‐‑]+/gu, '');
}

/** How often a text holds what is looked for. */
export function countIn(comparableText: string, wanted: string): number {
  const needle = comparable(wanted);
  if (needle === '') return 0;
  let count = 0;
  for (let at = comparableText.indexOf(needle); at >= 0; at = comparableText.indexOf(needle, at + needle.length))
    count += 1;
  return count;
}

/** The words of a page that hold what is looked for, hit by hit. */
export function findOn(page: PageText, wanted: string): readonly (readonly Place[])[] {
  const needle = comparable(wanted);
  if (needle === '') return [];
  let text = '';
  const places: { readonly end: number; readonly place: Place }[] = [];
  for (const [line, { words }] of linesOf(page).entries()) {
    for (const [word, one] of words.entries()) {
      text += comparable(one.text);
      places.push({ end: text.length, place: { line, word } });
    }
  }
  const hits: Place[][] = [];
  for (let at = text.indexOf(needle); at >= 0; at = text.indexOf(needle, at + needle.length)) {
    const until = at + needle.length;
    hits.push(
      places.filter(({ end }, index) => end > at && (places[index - 1]?.end ?? 0) < until).map(({ place }) => place),
    );
  }
  return hits;
}

/** A hit in a document: the page, and which of its hits. */
export interface Hit {
  readonly page: number;
  readonly index: number;
}

/** All hits of a document, page by page. */
export function hitsIn(pages: ReadonlyMap<number, string>, wanted: string): readonly Hit[] {
  return [...pages.keys()]
    .sort((one, other) => one - other)
    .flatMap((page) =>
      Array.from({ length: countIn(pages.get(page) as string, wanted) }, (_, index) => ({ page, index })),
    );
}
