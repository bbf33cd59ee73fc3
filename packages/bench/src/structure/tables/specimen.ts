import { between, content, heading, isNumber, KINDS, type Kind, pick, whole } from './contents.ts';

export type Ruling = 'ruled' | 'partly ruled' | 'unruled';

export interface SpecimenCell {
  readonly row: number;
  readonly column: number;
  readonly rowSpan: number;
  readonly columnSpan: number;
  readonly text: string;
}

/** A table as it is meant, before it is drawn. */
export interface Specimen {
  readonly ruling: Ruling;
  readonly rows: number;
  readonly kinds: readonly Kind[];
  readonly cells: readonly SpecimenCell[];
  /** Rows at the top that are headings. */
  readonly headingRows: number;
  readonly wraps: boolean;
}

/** Tables of `ruling` with what the seed gives them: kinds of columns, spans, empty cells, texts that need several lines. */
export function specimenOf(random: () => number, ruling: Ruling, options: { han: boolean }): Specimen {
  const columns = whole(random, ruling === 'unruled' ? 3 : 2, 6);
  const kinds = Array.from({ length: columns }, (_, column): Kind => {
    if (options.han && random() < 0.5) return 'han';
    return column === 0 ? pick(random, ['name', 'code', 'date', 'name'] as const) : pick(random, KINDS);
  });
  if (!kinds.some(isNumber)) kinds[columns - 1] = 'amount';
  const wraps = random() < 0.3;
  const emptyPart = random() < 0.4 ? between(random, 0.03, 0.15) : 0;
  const bodyRows = whole(random, 3, 11);
  const twoHeadings = columns >= 4 && random() < (ruling === 'unruled' ? 0.15 : 0.3);
  const headingRows = twoHeadings ? 2 : 1;
  const cells = headings(random, kinds, { twoHeadings, spansRows: ruling === 'ruled' });
  for (let row = 0; row < bodyRows; row += 1) {
    for (let column = 0; column < columns; column += 1) {
      const kind = kinds[column]!;
      const isEmpty = column > 0 && random() < emptyPart;
      const words = wraps && kind === 'phrase' ? whole(random, 3, 9) : whole(random, 1, 3);
      const text = isEmpty ? '' : content(random, kind, words);
      cells.push({ row: headingRows + row, column, rowSpan: 1, columnSpan: 1, text });
    }
  }
  const spanned = ruling === 'ruled' && random() < 0.4 ? withSpans(random, cells, headingRows, columns) : cells;
  return { ruling, rows: headingRows + bodyRows, kinds, cells: spanned, headingRows, wraps };
}

/** One row of headings; or two, of which one above stands over two columns or more and the others, where strokes show it, over both rows. */
function headings(
  random: () => number,
  kinds: readonly Kind[],
  { twoHeadings, spansRows }: { twoHeadings: boolean; spansRows: boolean },
): SpecimenCell[] {
  const single = (row: number, column: number, rowSpan = 1): SpecimenCell => ({
    row,
    column,
    rowSpan,
    columnSpan: 1,
    text: heading(random, kinds[column]!),
  });
  if (!twoHeadings) return kinds.map((_, column) => single(0, column));
  const from = whole(random, 1, kinds.length - 2);
  const cells: SpecimenCell[] = [
    { row: 0, column: from, rowSpan: 1, columnSpan: 2, text: `Season ${whole(random, 2019, 2026)}` },
  ];
  kinds.forEach((_, column) => {
    if (column === from || column === from + 1) cells.push(single(1, column));
    else if (spansRows) cells.push(single(0, column, 2));
    else cells.push({ ...single(0, column), text: '' }, single(1, column));
  });
  return cells;
}

/** A cell over two columns, or over two or three rows, somewhere in the body. */
function withSpans(
  random: () => number,
  cells: readonly SpecimenCell[],
  first: number,
  columns: number,
): SpecimenCell[] {
  const last = Math.max(...cells.map(({ row }) => row));
  const row = whole(random, first, last - 1);
  const column = whole(random, 0, columns - 2);
  const [rowSpan, columnSpan] = random() < 0.5 ? [1, 2] : [Math.min(last - row + 1, whole(random, 2, 3)), 1];
  const isIn = (cell: SpecimenCell) =>
    cell.row >= row && cell.row < row + rowSpan && cell.column >= column && cell.column < column + columnSpan;
  const text = cells.find((cell) => isIn(cell) && cell.text !== '')?.text ?? '';
  return [...cells.filter((cell) => !isIn(cell)), { row, column, rowSpan, columnSpan, text }];
}
