import { type Line, linesOf, type PageText } from '@docusnap/contracts';
import { areasOf } from './areas.ts';
import { joinLines, type Vocabulary, vocabularyOf } from './joining.ts';
import { markOf } from './marks.ts';
import { median } from './placed.ts';
import { type Row, rowsOf } from './rows.ts';

/** Rows of one paragraph differ in size by less than this factor ... */
const SAME_SIZE = 1.3;
/** ... stand at most this many times the run's usual step apart ... */
const STEP = 1.4;
/** ... or this many, where the engine saw a gap between blocks ... */
const STEP_BETWEEN_BLOCKS = 1.15;
/** ... and not upon each other: at least so many line heights. */
const LEAST_STEP = 0.4;
/** A row that begins so many line heights further in begins a paragraph. */
const INDENT = 0.8;
/** A line ends because it is full when the next word would not have fitted, or fitted by less than this many line heights. */
const SLACK = 0.3;
/** After the end of a sentence a line that is so many line heights short of the margin was ended on purpose. */
const SHORT_SENTENCE = 1.5;
/** Two rows alone are running text only when the first is so many line heights wide, about 50 letters: an address is not. */
const LEAST_WIDTH = 22;
/** Where at least two rows are full, it may be this narrow. */
const LEAST_COLUMN = 10;

/** Lines that are one piece of text: a paragraph, an item of a list, a heading, or the cells of one row. */
export interface Passage {
  readonly kind: 'prose' | 'cells';
  /** In reading order. */
  readonly lines: readonly Line[];
  /** Of prose one text, joined; else one a cell. */
  readonly texts: readonly string[];
  /** Height of its print, in pixels. */
  readonly size: number;
  /** Rows of print it takes up. */
  readonly rows: number;
  /** Whether it stands apart from what is above it. */
  readonly beginsBlock: boolean;
}

/**
 * The areas of a page with their lines gathered into passages. The page says nothing of paragraphs, so they are found as a typesetter made
 * them: a line that is full, to which the next word could not have been added, goes on in the next; a line that ends early was ended.
 */
export function passagesOf(page: PageText): Passage[][] {
  const vocabulary = vocabularyOf(linesOf(page).map((line) => line.text));
  return areasOf(page).map(({ lines, beginnings }) =>
    inArea(rowsOf(lines), beginnings, vocabulary).map((passage) => ({
      ...passage,
      beginsBlock: beginnings.has(passage.lines[0]!),
    })),
  );
}

function inArea(
  rows: readonly Row[],
  beginnings: ReadonlySet<Line>,
  vocabulary: Vocabulary,
): Omit<Passage, 'beginsBlock'>[] {
  return runsOf(rows).flatMap((run) => {
    const column = { ...columnOf(run), beginnings };
    const passages: Row[][] = [];
    for (const row of run) {
      const current = passages.at(-1);
      if (current && goesOn(current, row, column)) current.push(row);
      else passages.push([row]);
    }
    return passages.map((ofPassage) => passageFrom(ofPassage, vocabulary));
  });
}

/** Rows of cells have margins of their own, so running text is looked at between them. */
function runsOf(rows: readonly Row[]): Row[][] {
  const runs: Row[][] = [];
  for (const row of rows) {
    const run = runs.at(-1);
    if (run && isProse(run[0]!) === isProse(row)) run.push(row);
    else runs.push([row]);
  }
  return runs;
}

interface Column {
  readonly right: number;
  /** The usual distance from row to row. */
  readonly step: number;
  readonly fullRows: number;
  readonly beginnings: ReadonlySet<Line>;
}

function columnOf(rows: readonly Row[]): Omit<Column, 'beginnings'> {
  const right = rows.reduce((most, row) => Math.max(most, row.right), -Infinity);
  const pairs = rows.slice(1).map((next, index) => ({ row: rows[index]!, next }));
  return {
    right,
    step: median(pairs.map(({ row, next }) => next.middle - row.middle)),
    fullRows: pairs.filter(({ row, next }) => isFull(row, next, right)).length,
  };
}

function isProse(row: Row): boolean {
  return row.cells.length === 1;
}

function isFull(row: Row, next: Row, right: number): boolean {
  return right - row.right < next.firstWord + SLACK * row.size;
}

/** Whether `next` continues the passage that ends with the last of `rows`. */
function goesOn(rows: readonly Row[], next: Row, column: Column): boolean {
  const row = rows[rows.length - 1]!;
  const beginsBlock = column.beginnings.has(next.lines[0]!.line);
  if (!isProse(row) || !isProse(next) || !isFull(row, next, column.right)) return false;
  if (Math.max(row.size, next.size) > SAME_SIZE * Math.min(row.size, next.size)) return false;
  const step = next.middle - row.middle;
  if (step > (beginsBlock ? STEP_BETWEEN_BLOCKS : STEP) * column.step || step < LEAST_STEP * row.size) return false;
  if (markOf(next.cells[0]!) !== '' || changesMargin(rows, next)) return false;
  const short = column.right - row.right > SHORT_SENTENCE * row.size;
  if (short && /[.!?:;。！？：；]["'”’)）]?$/.test(row.cells[0]!)) return false;
  return (row.right - row.left) / row.size >= (column.fullRows >= 2 ? LEAST_COLUMN : LEAST_WIDTH);
}

/** A first line may stand further in or, with a mark before it, further out than the rest; later ones keep to one margin. */
function changesMargin(rows: readonly Row[], next: Row): boolean {
  const row = rows[rows.length - 1]!;
  const further = (next.left - row.left) / row.size;
  const isItem = rows.length === 1 && markOf(row.cells[0]!) !== '';
  return (further > INDENT && !isItem) || (further < -INDENT && rows.length > 1);
}

function passageFrom(rows: readonly Row[], vocabulary: Vocabulary): Omit<Passage, 'beginsBlock'> {
  const lines = rows.flatMap((row) => row.lines.map(({ line }) => line));
  const shape = { lines, size: median(rows.map((row) => row.size)), rows: rows.length };
  if (!isProse(rows[0]!)) return { kind: 'cells', texts: rows[0]!.cells, ...shape };
  const text = rows.map((row) => row.cells[0]!).reduce((joined, next) => joinLines(joined, next, vocabulary));
  return { kind: 'prose', texts: [text], ...shape };
}
