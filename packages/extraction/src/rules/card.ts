import type { Row } from '../layout/rows.ts';
import type { KeyValue } from './key-values.ts';

/** What a Chinese identity card prints before its values, without colons. */
const LABELS = ['公民身份号码', '签发机关', '有效期限', '姓名', '性别', '民族', '出生', '住址'] as const;
/** So many of them make a card; fewer are words of a text. */
const FEWEST = 3;
/** Two of the labels stand in one row: "性别 男 民族 汉". */
const LABEL = new RegExp(LABELS.map((label) => [...label].join(String.raw`\s*`)).join('|'), 'gu');
const ADDRESS_ROWS = 3;

/** The values of a Chinese identity card, behind labels that nothing parts from them; empty for anything else. */
export function findCardValues(rows: readonly Row[]): KeyValue[] {
  const found = rows.flatMap((row, at) => valuesOf(row).map((pair) => ({ ...pair, at })));
  if (new Set(found.map(({ key }) => key)).size < FEWEST) return [];
  return found.flatMap(({ key, value, row, at }): KeyValue[] => {
    const whole = key === '住址' ? [value, ...addressBelow(rows, at)].join('') : value;
    return whole === '' ? [] : [{ key, value: whole, row, piece: row.pieces[0]!, place: 'behind' }];
  });
}

function valuesOf(row: Row): { key: string; value: string; row: Row }[] {
  const labels = [...row.text.matchAll(LABEL)];
  if (labels.length === 0 || labels[0]!.index > 0) return [];
  return labels.map(({ 0: label, index }, at) => ({
    key: label.replace(/\s/gu, ''),
    value: row.text.slice(index + label.length, labels[at + 1]?.index).replace(/^[\s:：]+|\s+$/gu, ''),
    row,
  }));
}

/** An address takes up to three rows; the number of the card ends it. */
function addressBelow(rows: readonly Row[], at: number): string[] {
  const below = rows.slice(at + 1, at + ADDRESS_ROWS);
  const end = below.findIndex(
    ({ text, page }) => page !== rows[at]!.page || text.search(LABEL) >= 0 || /\d{15}/.test(text),
  );
  return (end < 0 ? below : below.slice(0, end)).map(({ text }) => text.trim());
}
