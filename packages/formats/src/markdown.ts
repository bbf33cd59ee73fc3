import type { PageText, Table } from '@docusnap/contracts';
import { withBoxes } from './boxes.ts';
import { fitText } from './characters.ts';
import type { Leaf } from './leaves.ts';
import { bulletOf } from './marks.ts';
import { type Passage, passagesOf } from './passages.ts';
import { gridOf, sectionsOf } from './tables.ts';

/** Print this many times as large as the running text is a heading: of the first, second, third level. */
const HEADING_FACTORS = [1.9, 1.5, 1.25] as const;
/** A heading is short: at most so many rows and characters. */
const HEADING_ROWS = 3;
const HEADING_LENGTH = 160;

/**
 * Leaves as Markdown (CommonMark). Before each page stands a comment with its number; a page or file that was not read is a quotation in
 * bold, so that it shows when rendered too.
 */
export async function* formatMarkdown(leaves: AsyncIterable<Leaf>): AsyncGenerator<string> {
  let between = '';
  for await (const leaf of leaves) {
    if (leaf.kind === 'page') {
      const page = pageAsMarkdown(leaf.text);
      yield `${between}<!-- page ${leaf.number} -->\n${page === '' ? '' : `\n${page}\n`}`;
    } else {
      yield `${between}> **Not read: ${escapeInline(fitText(leaf.reason))}**\n`;
    }
    between = '\n';
  }
}

/**
 * A page as Markdown: headings by the size of their print, items, paragraphs, tables; rows of cells line by line with bars between the cells; check boxes
 * as signs.
 */
export function pageAsMarkdown(page: PageText): string {
  const sections = sectionsOf(withBoxes(page)).map((section) =>
    section.kind === 'table' ? section : { kind: section.kind, passages: passagesOf(section.page).flat() },
  );
  const body = bodySize(sections.flatMap((section) => (section.kind === 'table' ? [] : section.passages)));
  return sections
    .map((section) =>
      section.kind === 'table' ? tableAsMarkdown(section.table) : passagesAsMarkdown(section.passages, body),
    )
    .join('\n\n');
}

function passagesAsMarkdown(passages: readonly Passage[], body: number): string {
  let text = '';
  let before: 'row' | 'item' | 'own' | undefined;
  for (const passage of passages) {
    const { kind, markdown } = asMarkdown(passage, body);
    const apart = passage.beginsBlock || before === 'own' || before !== kind;
    if (before !== undefined) text += apart ? '\n\n' : kind === 'row' ? '\\\n' : '\n';
    text += markdown;
    before = kind;
  }
  return text;
}

/** A table of GitHub's Markdown: its first row is the heading, for there is no table without one. */
function tableAsMarkdown(table: Table): string {
  const [first = [], ...rest] = gridOf(table).map((row) => row.map(cellAsMarkdown));
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  return [line(first), line(first.map(() => '---')), ...rest.map(line)].join('\n');
}

function cellAsMarkdown(text: string): string {
  return text
    .split('\n')
    .map((row) => escapeInline(fitText(row)).replaceAll('|', '\\|'))
    .join('<br>');
}

/** Short lines and rows keep their line ends (a backslash says so); everything else stands by itself. */
function asMarkdown(passage: Passage, body: number): { kind: 'row' | 'item' | 'own'; markdown: string } {
  if (passage.kind === 'cells') {
    const cells = passage.texts.map((text) => escapeInline(text).replaceAll('|', '\\|'));
    return { kind: 'row', markdown: escapeStart(cells.join(' | ')) };
  }
  const text = passage.texts[0]!;
  const bullet = bulletOf(text);
  if (bullet !== '') return { kind: 'item', markdown: `- ${escapeBlock(text.slice(bullet.length))}` };
  const level = headingLevel(passage, text, body);
  if (level > 0) return { kind: 'own', markdown: `${'#'.repeat(level)} ${escapeInline(text).replace(/#+$/, '\\$&')}` };
  const numbered = /^(\d{1,3}[.)])\s+(.*)$/s.exec(text);
  if (numbered) return { kind: 'item', markdown: `${numbered[1]} ${escapeBlock(numbered[2]!)}` };
  return { kind: passage.rows === 1 ? 'row' : 'own', markdown: escapeBlock(text) };
}

function headingLevel({ size, rows }: Passage, text: string, body: number): number {
  if (rows > HEADING_ROWS || text.length > HEADING_LENGTH || !/\p{L}.*\p{L}/su.test(text)) return 0;
  return HEADING_FACTORS.findIndex((factor) => size >= factor * body) + 1;
}

/** The size of most of the print: the median over its characters. */
function bodySize(passages: readonly Passage[]): number {
  const sized = passages
    .map(({ size, texts }) => ({ size, length: texts.join('').length }))
    .toSorted((a, b) => a.size - b.size);
  const half = sized.reduce((total, { length }) => total + length, 0) / 2;
  let passed = 0;
  const middle = sized.find(({ length }) => {
    passed += length;
    return passed >= half;
  });
  return middle?.size ?? 0;
}

function escapeBlock(text: string): string {
  return escapeStart(escapeInline(text));
}

/** What would be markup inside a line. An underscore between letters is none. */
function escapeInline(text: string): string {
  return text
    .replace(/[\\`*[\]<]/g, '\\$&')
    .replace(/(?<![\p{L}\p{N}])_|_(?![\p{L}\p{N}])/gu, '\\_')
    .replace(/&(?=#?\w+;)/g, '\\&')
    .replace(/~~/g, '\\~\\~');
}

/** What would be markup at the beginning of a line: headings, quotations, items, rules. */
function escapeStart(text: string): string {
  return text.replace(/^([#>+=-]|~{3})/, '\\$1').replace(/^(\d{1,9})([.)])(?=\s|$)/, '$1\\$2');
}
