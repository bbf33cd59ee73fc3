import type { LibraryEntry } from '@docusnap/contracts';
import type { TextPage } from './document-text.ts';

/** Stands before each line of what is quoted. */
const MARK = '| ';

/**
 * Text of others, for a prompt: each of its lines begins with a mark that our own lines never begin with. No text can leave its quotation, because
 * whatever would end a line in it (and so begin one without the mark) becomes a space.
 */
export function quoted(lines: readonly string[]): string {
  return lines.map((line) => MARK + line.replace(LINE_ENDS, ' ')).join('\n');
}

// Line feeds and returns, vertical tabs, form feeds, next-line, line and paragraph separators, and other controls that some reader may take for an end.
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are the ones meant
const LINE_ENDS = /[\u0000-\u001f\u007f-\u009f\u2028\u2029]+/g;

/** Pages, or parts of them, as a prompt shows them; between two blocks an empty line. */
export function quotedPages(pages: readonly TextPage[]): string {
  return pages
    .map(({ number, blocks }) => {
      const lines = blocks.flatMap((block, at) => (at === 0 ? block : ['', ...block]));
      return `Page ${number}:\n${quoted(lines)}`;
    })
    .join('\n');
}

/** Known documents and forms by a number each, which is how an answer names them. */
export function quotedEntries(
  entries: readonly { readonly number: number; readonly entry: LibraryEntry }[],
  { withValues }: { withValues: boolean },
): string {
  return entries
    .map(({ number, entry }) => {
      const { type, title, tags, description, date, kv } = entry;
      const about = [
        `${type}: ${title}`,
        ...(date === null ? [] : [`date: ${date}`]),
        `tags: ${tags.join(', ')}`,
        description,
      ];
      const values = withValues ? Object.entries(kv).map(([key, value]) => `${key} = ${value}`) : [];
      return `Resource ${number}:\n${quoted([...about, ...values])}`;
    })
    .join('\n');
}
