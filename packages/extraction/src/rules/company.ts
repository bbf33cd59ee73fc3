import type { Row } from '../layout/rows.ts';
import type { Finding } from './finding.ts';
import { says } from './labels.ts';

/** What stands behind the names of companies by law, and in the names of shops. */
const LEGAL = [
  'sdn bhd',
  'sdn',
  'bhd',
  's/b',
  'ltd',
  'limited',
  'inc',
  'incorporated',
  'llc',
  'llp',
  'gmbh',
  'corp',
  'corporation',
  'plc',
  'pte',
  'pty',
  'sarl',
  'company',
  'co',
  '有限公司',
  '公司',
];
const TRADES = [
  'trading',
  'enterprise',
  'enterprises',
  'restaurant',
  'restoran',
  'cafe',
  'hardware',
  'stationery',
  'bakery',
  'bakeries',
  'supermarket',
  'mart',
  'store',
  'stores',
  'shop',
  'hotel',
  'pharmacy',
  'clinic',
  'services',
  'industries',
  'group',
  'syarikat',
  'perniagaan',
  'kitchen',
  'market',
  'university',
  'hospital',
  'bank',
  '商店',
  '超市',
  '酒店',
  '餐厅',
];
/** What the head of a document says beside the name. */
const NOT_A_NAME = [
  'invoice',
  'tax invoice',
  'receipt',
  'cash bill',
  'gst',
  'tel',
  'phone',
  'fax',
  'date',
  'cashier',
  'thank you',
  'please come again',
  'goods sold',
  'returnable',
  'feedback',
  'complaint',
  'customer',
  'voucher',
  'welcome',
  'reg no',
  'company no',
  'co reg',
  'table',
  'website',
  'email',
  'www',
  'http',
  'page',
  'bill no',
  'site',
  'branch',
];
const ADDRESS = [
  'jalan',
  'jln',
  'lot',
  'street',
  'road',
  'avenue',
  'taman',
  'tmn',
  'lorong',
  'kawasan',
  'selangor',
  'kuala lumpur',
  'johor',
  'floor',
  'level',
  'suite',
  'box',
  'no',
];
/** The name stands in the first rows; below these it is somebody else's. */
const HEAD_ROWS = 14;
const POINTS = { legal: 5, trade: 2.5, other: -7, address: -4, digits: -1.5, few: -6, row: -0.35, large: 1.5 } as const;
/** A registration number behind a name: "(742016-W)". */
const REGISTRATION =
  /\s*[([]\s*(?:(?:co|company|reg)\b[\s.:]*(?:no|number)?[\s.:]*)?[A-Z]{0,2}\d[\w\s./-]{3,}[)\]]?\s*$/i;
const FEWEST_LETTERS = 4;

/** Who issued a document, by the names in its head; the best first. */
export function findCompanies(rows: readonly Row[]): Finding[] {
  const head = rows.slice(0, HEAD_ROWS);
  const usual = head.map(({ height }) => height).toSorted((a, b) => a - b)[head.length >> 1] ?? 1;
  return head
    .map((row, at) => {
      const next = head[at + 1];
      const text = clean(next && continues(row.text, next.text) ? `${row.text} ${next.text}` : row.text);
      return {
        text,
        normalized: text,
        row,
        points: pointsOf(text, at) + POINTS.large * Math.min(1, row.height / usual - 1),
      };
    })
    .toSorted((a, b) => b.points - a.points);
}

/** A row of nothing but "SDN BHD" or "(M) SDN BHD" ends the name in the row above. */
function continues(name: string, next: string): boolean {
  return says(next, LEGAL) && !says(name, LEGAL) && next.replace(/[^\p{L}]/gu, '').length <= 8;
}

function clean(text: string): string {
  return text.replace(REGISTRATION, '').replace(/^[\s*#=+.\-:|]+|[\s*#=+\-:|,]+$/g, '');
}

function pointsOf(text: string, row: number): number {
  const letters = text.replace(/[^\p{L}]/gu, '').length;
  const digits = text.replace(/\D/g, '').length;
  return (
    (says(text, LEGAL) ? POINTS.legal : 0) +
    (says(text, TRADES) ? POINTS.trade : 0) +
    (says(text, NOT_A_NAME) ? POINTS.other : 0) +
    (says(text, ADDRESS) || /(?<!\d)\d{5}(?!\d)/.test(text) ? POINTS.address : 0) +
    (digits > 2 ? POINTS.digits : 0) +
    (letters < FEWEST_LETTERS || letters < digits ? POINTS.few : 0) +
    POINTS.row * row
  );
}
