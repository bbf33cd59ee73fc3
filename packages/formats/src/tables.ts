import type { Block, Line, PageText, Point, Quad, Table, Word } from '@docusnap/contracts';

/** A page's parts in reading order: print that no table holds, and tables. */
export type Section =
  | { readonly kind: 'print'; readonly page: PageText }
  | { readonly kind: 'table'; readonly table: Table };

/** Parts a page where its tables stand: each comes where the first of its print would, and its print is left out elsewhere. */
export function sectionsOf(page: PageText): Section[] {
  const tables = page.tables ?? [];
  if (tables.length === 0) return [{ kind: 'print', page }];
  const sections: Section[] = [];
  const begun = new Set<Table>();
  let blocks: Block[] = [];
  const endPrint = () => {
    if (blocks.length > 0) sections.push({ kind: 'print', page: { ...page, blocks } });
    blocks = [];
  };
  for (const block of page.blocks) {
    let lines: Line[] = [];
    const endBlock = () => {
      if (lines.length > 0) blocks.push({ ...block, lines });
      lines = [];
    };
    for (const line of block.lines) {
      const holders = line.words.map((word) => tables.find((table) => holds(table.quad, word)));
      const beside = line.words.filter((_, index) => holders[index] === undefined);
      if (beside.length > 0) lines.push(beside.length === line.words.length ? line : ofWords(line, beside));
      for (const table of new Set(holders)) {
        if (table === undefined || begun.has(table)) continue;
        begun.add(table);
        endBlock();
        endPrint();
        sections.push({ kind: 'table', table });
      }
    }
    endBlock();
  }
  endPrint();
  return sections;
}

/** The texts of a table, row by row and all equally long: what spans several places stands in its first, the others are empty. */
export function gridOf({ rows, columns, cells }: Table): string[][] {
  const grid = Array.from({ length: rows }, () => Array.from({ length: columns }, () => ''));
  for (const { row, column, text } of cells) grid[row]![column] = text;
  return grid;
}

function ofWords(line: Line, words: readonly Word[]): Line {
  return { ...line, text: words.map(({ text }) => text).join(' '), words: [...words] };
}

/** Whether the middle of a word lies in a quad, whose corners go clockwise. */
function holds(quad: Quad, word: Word): boolean {
  const middle: Point = [mean(word.quad, 0), mean(word.quad, 1)];
  return quad.every((corner, index) => {
    const next = quad[(index + 1) % 4]!;
    const [dx, dy] = [next[0] - corner[0], next[1] - corner[1]];
    return dx * (middle[1] - corner[1]) - dy * (middle[0] - corner[0]) >= 0;
  });
}

function mean(quad: Quad, axis: 0 | 1): number {
  return quad.reduce((sum, corner) => sum + corner[axis], 0) / 4;
}
