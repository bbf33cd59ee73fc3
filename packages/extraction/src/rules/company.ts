import type { Row } from '../layout/rows.ts';
import type { Finding } from './finding.ts';
import { splitLabels } from './label-text.ts';
import { says } from './labels.ts';
import { standardName } from './vocabulary.ts';

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
  '发票',
  '收据',
  '小票',
  '账单',
  '欢迎',
  '谢谢',
  '电话',
  '日期',
  '单号',
  'rechnung',
  'quittung',
  'kassenbon',
  'telefon',
  'datum',
  'vielen dank',
  'facture',
  'reçu',
  'ticket',
  'merci',
  'bienvenue',
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
  'straße',
  'strasse',
  'str',
  'rue',
];
/** The name stands in the first rows; below these it is somebody else's. */
const HEAD_ROWS = 14;
const POINTS = {
  legal: 5,
  trade: 2.5,
  other: -7,
  address: -4,
  digits: -1.5,
  few: -6,
  nameless: -5,
  issuer: 2,
  labelled: -3,
  row: -0.35,
  large: 1.5,
} as const;
/** A registration number behind a name: "(742016-W)". */
const REGISTRATION =
  /\s*[([]\s*(?:(?:co|company|reg)\b[\s.:]*(?:no|number)?[\s.:]*)?[A-Z]{0,2}\d[\w\s./-]{3,}[)\]]?\s*$/i;
const FEWEST_LETTERS = 4;
const FEWEST_HAN = 2;
/** Standard names of those who issue a document. */
const ISSUERS: readonly string[] = ['Company', 'Seller'];

/** Who issued a document, by the names in its head; the best first. */
export function findCompanies(rows: readonly Row[]): Finding[] {
  const head = rows.slice(0, HEAD_ROWS);
  const usual = head.map(({ height }) => height).toSorted((a, b) => a - b)[head.length >> 1] ?? 1;
  return head
    .map((row, at) => {
      const next = head[at + 1];
      const { print, label } = unlabelled(row.text);
      const text = clean(next && continues(row.text, next.text) ? `${row.text} ${next.text}` : print);
      return {
        text,
        normalized: text,
        row,
        points: pointsOf(text, at) + label + POINTS.large * Math.min(1, row.height / usual - 1),
      };
    })
    .toSorted((a, b) => b.points - a.points);
}

/** A row of nothing but "SDN BHD" or "(M) SDN BHD" ends the name in the row above. */
function continues(name: string, next: string): boolean {
  if (/[:：\p{Script=Han}]/u.test(next)) return false;
  return says(next, LEGAL) && !says(name, LEGAL) && next.replace(/[^\p{L}]/gu, '').length <= 8;
}

function clean(text: string): string {
  return text.replace(REGISTRATION, '').replace(/^[\s*#=+.\-:|]+|[\s*#=+\-:|,]+$/g, '');
}

/** What a row says behind a label that names who issues; behind another label it is somebody or something else. */
function unlabelled(text: string): { print: string; label: number } {
  const [first] = splitLabels(text);
  if (!first || first.value === '') return { print: text, label: 0 };
  const name = standardName(first.key);
  if (name === undefined) return { print: text, label: POINTS.labelled };
  return ISSUERS.includes(name) ? { print: first.value, label: POINTS.issuer } : { print: text, label: POINTS.other };
}

/** Nothing but words that other names have too: "Corporation", "Trading Company", with the first word lost. */
function isNameless(text: string): boolean {
  if (/\p{Script=Han}{3}/u.test(text)) return false;
  return (text.match(/[\p{L}/]+/gu) ?? []).every((word) => says(word, LEGAL) || says(word, TRADES));
}

function pointsOf(text: string, row: number): number {
  const letters = text.replace(/[^\p{L}]/gu, '').length;
  const digits = text.replace(/\D/g, '').length;
  return (
    (says(text, LEGAL) ? POINTS.legal : 0) +
    (says(text, TRADES) ? POINTS.trade : 0) +
    (says(text, NOT_A_NAME) ? POINTS.other : 0) +
    (says(text, ADDRESS) || /(?<!\d)\d{5}(?!\d)/.test(text) ? POINTS.address : 0) +
    (isNameless(text) ? POINTS.nameless : 0) +
    (digits > 2 ? POINTS.digits : 0) +
    (letters < (/\p{Script=Han}/u.test(text) ? FEWEST_HAN : FEWEST_LETTERS) || letters < digits ? POINTS.few : 0) +
    POINTS.row * row
  );
}
