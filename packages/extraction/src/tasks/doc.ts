import { type DocResult, type ExtractedField, type LibraryEntry, plainText } from '@docusnap/contracts';
import type { NumberedPage } from '../extract.ts';
import { indexPages } from '../grounding/page-index.ts';
import { type Row, rowsOf } from '../layout/rows.ts';
import { classify } from './classify.ts';
import { describe, tagsOf } from './describe.ts';
import { findPairs, type Pair, provePairs } from './pairs.ts';
import { relatedTo } from './related.ts';
import { groupTicks } from './ticks.ts';
import { findTitle } from './title.ts';

/** What the rules make of a document. */
export interface UnderstoodDoc {
  readonly result: DocResult;
  readonly fields: Record<string, ExtractedField>;
}

/** What a reading of the pages begins with, for documents and for forms. */
export interface DocParts {
  readonly rows: readonly Row[];
  readonly pairs: readonly Pair[];
  readonly title: string;
  /** The title where it is printed; else empty. */
  readonly heading: string;
  readonly kind: string;
}

/** What a document without a heading and without a kind is called. */
const NAMELESS = 'Untitled document';

/** A document's title, tags, description, what it says and what it is related to. */
export function understandDoc(pages: readonly NumberedPage[], library: readonly LibraryEntry[]): UnderstoodDoc {
  const parts = docParts(pages);
  const { kv, fields } = provePairs(indexPages(pages), parts.pairs, { taken: [] });
  return { result: { ...summary(pages, parts, library), kv }, fields };
}

/** Places to fill: blanks, and boxes to tick that are no letters. */
export function countPlaces(pages: readonly NumberedPage[]): number {
  const boxes = pages.flatMap(({ text, number }) => groupTicks(text, number).flatMap(({ options }) => options));
  return pages.reduce((sum, { text }) => sum + (text.blanks?.length ?? 0), boxes.length);
}

export function docParts(pages: readonly NumberedPage[]): DocParts {
  const rows = pages.flatMap(({ text, number }) => rowsOf(text, number));
  const heading = findTitle(rows)?.text;
  const { label: kind } = classify(rows, { title: heading ?? '', places: countPlaces(pages) });
  const pairs = findPairs(rows, { kind });
  const company = pairs.find(({ key }) => key === 'Company')?.value;
  const subject = pairs.find(({ key }) => key === 'Subject')?.value;
  // A till prints the shop's name largest, or nothing; a letter its subject in the size of its text.
  const named = kind === 'receipt' ? (company ?? heading) : (heading ?? subject ?? company);
  return { rows, pairs, kind, heading: named ?? '', title: named ?? (kind === 'other' ? NAMELESS : capital(kind)) };
}

export function summary(
  pages: readonly NumberedPage[],
  { pairs, title, heading, kind }: DocParts,
  library: readonly LibraryEntry[],
): Omit<DocResult, 'kv'> {
  const facts = {
    kind,
    heading,
    pages: pages.length,
    pairs,
    text: pages.map(({ text }) => plainText(text)).join('\n\n'),
  };
  const tags = tagsOf(facts);
  return { title, tags, description: describe(facts), related: relatedTo(library, { title, tags, pairs }) };
}

function capital(text: string): string {
  return text.replace(/^\p{Ll}/u, (letter) => letter.toUpperCase());
}
