import type { PageText, Table, TableCell } from '@docusnap/contracts';
import { lettersOf } from '../values/normalise.ts';
import { likeness } from './concepts.ts';
import { says } from './labels.ts';
import { standardName } from './vocabulary.ts';

/** A cell that answers for a property of an item. */
export interface ItemValue {
  readonly text: string;
  readonly page: number;
  /** Of the cell's first line among the lines of the page, from 0. */
  readonly line: number;
}

/** What a row of a table says of each property; a property whose cell is empty is missing. */
export type Item = ReadonlyMap<string, ItemValue>;

/** How like a heading a property's name must be. */
const ALIKE = 0.6;
/** A heading is among the first rows. */
const HEADER_ROWS = 3;
/** Columns to be found of all that are asked for, at least. */
const LEAST_SHARE = 0.5;
/** Rows that sum up the items are none. */
const SUMS = [
  'total',
  'subtotal',
  'sub total',
  'grand total',
  'sum',
  'summe',
  'gesamt',
  'zwischensumme',
  'sous-total',
  'total amount',
  'total due',
  'net total',
  'amount due',
  'balance due',
  'gesamtbetrag',
  'gesamtsumme',
  'endsumme',
  'nettosumme',
  'rechnungsbetrag',
  '合计',
  '总计',
  '小计',
].map((phrase) => ({ phrases: [phrase], length: lettersOf(phrase).length }));
/** What may stand beside one of these words: a tax, a currency, a count. */
const BESIDE_A_SUM =
  /(?<!\p{L})(?:incl?|inclusive|inkl|excl?|exkl|zzgl|gst|vat|tax|sst|mwst|ust|tva|iva|ttc|ht|net|netto|brutto|rm|eur|usd|gbp|chf|of|items?|pcs|qty)(?!\p{L})|[^\p{L}]+/giu;
/** What columns of goods are headed, by what a schema may call them. */
const HEADINGS: Readonly<Record<string, readonly string[]>> = {
  description: [
    'item',
    'items',
    'article',
    'product',
    'goods',
    'service',
    'particulars',
    'bezeichnung',
    'artikel',
    'désignation',
    '品名',
    '名称',
    '商品',
    '项目',
    '货物或应税劳务名称',
  ],
  quantity: ['qty', 'units', 'pcs', 'menge', 'anzahl', 'quantité', '数量'],
  price: ['unit price', 'price each', 'rate', 'u/p', 'einzelpreis', 'prix unitaire', '单价', '价格'],
  amount: ['total', 'line total', 'sum', 'value', 'amt', 'betrag', 'gesamt', 'montant', '金额', '合计'],
};
const SAME: Readonly<Record<string, string>> = {
  name: 'description',
  item: 'description',
  product: 'description',
  qty: 'quantity',
  unitprice: 'price',
  total: 'amount',
  linetotal: 'amount',
  sum: 'amount',
};

/** The items that tables list, by the properties asked for: of each table whose heading names enough of them, a row an item, in order. */
export function findItems(
  pages: readonly { readonly number: number; readonly text: PageText }[],
  properties: readonly string[],
): Item[] {
  return pages.flatMap(({ number, text }) =>
    (text.tables ?? []).flatMap((table) => {
      const header = headerOf(table, properties);
      if (!header) return [];
      return rowsBelow(table, header.row).flatMap(({ row, cells }) => {
        const values = [...header.columns].flatMap(([property, column]): [string, ItemValue][] => {
          const cell = cells.find((one) => one.column <= column && column < one.column + one.column_span);
          return cell && cell.text.trim() !== '' ? [[property, placed(cell, number, text)]] : [];
        });
        const own = cells.filter((cell) => cell.row === row && cell.text.trim() !== '');
        const isItem = own.length > 0 && !isSum(own[0]!.text);
        return values.length * 2 >= header.columns.size && isItem ? [new Map(values)] : [];
      });
    }),
  );
}

interface Header {
  readonly row: number;
  /** Columns by property. */
  readonly columns: ReadonlyMap<string, number>;
}

function headerOf(table: Table, properties: readonly string[]): Header | undefined {
  const headers = Array.from({ length: Math.min(HEADER_ROWS, table.rows) }, (_, row): Header => {
    const pairs = table.cells
      .filter((cell) => cell.row <= row && row < cell.row + cell.row_span && cell.text.trim() !== '')
      .flatMap((cell) =>
        properties.map((property) => ({ property, column: cell.column, like: likeHeading(property, cell.text) })),
      )
      .filter(({ like }) => like >= ALIKE)
      .toSorted((a, b) => b.like - a.like);
    const columns = new Map<string, number>();
    for (const { property, column } of pairs) {
      if (!columns.has(property) && ![...columns.values()].includes(column)) columns.set(property, column);
    }
    return { row, columns };
  });
  const best = headers.toSorted((a, b) => b.columns.size - a.columns.size)[0];
  return best && best.columns.size > 0 && best.columns.size >= properties.length * LEAST_SHARE ? best : undefined;
}

/** 1 for the same words or two words for the same, less for what is only like it. */
function likeHeading(property: string, heading: string): number {
  const [asked, printed] = [standardName(property), standardName(heading)];
  if (asked !== undefined && asked === printed) return 1;
  const name = property.replace(/[^\p{L}]/gu, '').toLowerCase();
  const known = HEADINGS[SAME[name] ?? name];
  if (known && says(heading, known)) return 1 - heading.length / 1000;
  return likeness(property, heading);
}

/** A cell over several rows belongs to each of them. */
function rowsBelow({ cells, rows }: Table, header: number): { row: number; cells: TableCell[] }[] {
  return Array.from({ length: rows - header - 1 }, (_, at) => {
    const row = header + 1 + at;
    const within = cells.filter((cell) => cell.row > header && cell.row <= row && row < cell.row + cell.row_span);
    return { row, cells: within.toSorted((a, b) => a.column - b.column) };
  });
}

/** A word for a sum that is all a cell says: "Total", "Total (incl. GST) 4", but not "Total Station". */
function isSum(text: string): boolean {
  const bare = text.replace(BESIDE_A_SUM, ' ');
  const { length } = lettersOf(bare);
  return SUMS.some((sum) => Math.abs(sum.length - length) <= 1 && says(bare, sum.phrases));
}

function placed({ text, quad }: TableCell, page: number, { blocks }: PageText): ItemValue {
  const [xs, ys] = [quad.map(([x]) => x), quad.map(([, y]) => y)];
  const lines = blocks.flatMap((block) => block.lines);
  const line = lines.findIndex(({ quad: [a, , c] }) => {
    const [x, y] = [(a[0] + c[0]) / 2, (a[1] + c[1]) / 2];
    return x >= Math.min(...xs) && x <= Math.max(...xs) && y >= Math.min(...ys) && y <= Math.max(...ys);
  });
  return { text: text.replace(/\s+/gu, ' ').trim(), page, line: Math.max(0, line) };
}
