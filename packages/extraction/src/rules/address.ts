import type { Row } from '../layout/rows.ts';
import { findAmounts } from '../values/amounts.ts';
import type { Finding } from './finding.ts';
import { splitLabels } from './label-text.ts';
import { says } from './labels.ts';
import { standardName } from './vocabulary.ts';

const WORDS = [
  'jalan',
  'jln',
  'street',
  'road',
  'avenue',
  'lane',
  'drive',
  'lorong',
  'taman',
  'tmn',
  'kawasan',
  'seksyen',
  'suite',
  'floor',
  'level',
  'lot',
  'p.o. box',
  'selangor',
  'kuala lumpur',
  'johor',
  'strasse',
  'straße',
  'rue',
  '路',
  '街',
  '省',
  '市',
  '号',
];
const ENDS = [
  'tel',
  'fax',
  'phone',
  'gst',
  'reg no',
  'invoice',
  'receipt',
  'date',
  'email',
  'cashier',
  'company no',
  'website',
];
/** What only names end with; a number behind one is a registration. */
const NAMES = ['sdn bhd', 'bhd', 'ltd', 'limited', 'inc', 'llc', 'gmbh', 'plc', 'sarl', '公司'];
const POSTCODE = /(?<![\d-])\d{5,6}(?![\d-])|\b[A-Z]{1,2}\d[A-Z\d]? ?\d[A-Z]{2}\b/;
/** An address stands in the head of a document, in so many rows. */
const HEAD_ROWS = 16;
const MOST_ROWS = 5;

/** The address in the head of a document: rows one below the other from a street to a postcode or a town; at most one. */
export function findAddresses(rows: readonly Row[]): Finding[] {
  const head = rows.slice(0, HEAD_ROWS);
  const first = head.findIndex(({ text }) => isPart(text));
  if (first < 0) return [];
  const after = head.slice(first, first + MOST_ROWS);
  const end = after.findIndex(({ text, page }) => page !== head[first]!.page || isOther(text));
  const open = end < 0 ? after : after.slice(0, end);
  // A row between two of the address (a district, a building) is one of it.
  const part = open.slice(0, open.findLastIndex(({ text }) => isPart(text)) + 1);
  const text = part.map((row) => row.text).join(' ');
  return [{ text, normalized: text, row: part[0]!, points: part.length + (POSTCODE.test(text) ? 1 : 0) }];
}

function isPart(text: string): boolean {
  return !isOther(text) && (says(text, WORDS) || POSTCODE.test(text) || /^no\b.*\d/i.test(text));
}

/** What ends an address: other words of a head, a label with its value, a sum, the name of a company. */
function isOther(text: string): boolean {
  const isName = says(text, NAMES) && !says(text, WORDS);
  const isLabelled = splitLabels(text).some(({ key, value }) => value !== '' && standardName(key) !== 'Address');
  return says(text, ENDS) || isName || isLabelled || findAmounts(text).length > 0;
}
