import type { Row } from '../layout/rows.ts';
import type { Finding } from './finding.ts';
import { says } from './labels.ts';

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
  const end = after.findIndex(
    ({ text }, at) => at > 0 && (says(text, ENDS) || !(isPart(text) || /,\s*$/.test(after[at - 1]!.text))),
  );
  const part = end < 0 ? after : after.slice(0, end);
  const text = part.map((row) => row.text).join(' ');
  return [{ text, normalized: text, row: part[0]!, points: part.length }];
}

function isPart(text: string): boolean {
  return !says(text, ENDS) && (says(text, WORDS) || POSTCODE.test(text) || /^no\b.*\d/i.test(text));
}
