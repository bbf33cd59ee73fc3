import { rowColumns } from '../layout/columns.ts';
import type { Row } from '../layout/rows.ts';
import { type Amount, findAmounts, sameAmount } from '../values/amounts.ts';
import type { Finding } from './finding.ts';
import { printOf, says } from './labels.ts';

/** Sums that a document names, and how they are told apart. */
const FINAL = [
  'grand total',
  'nett total',
  'net total',
  'total incl',
  'total amount',
  'total sales incl',
  'total payable',
  'amount due',
  'amount payable',
  'balance due',
  'total due',
  'to pay',
  'total ttc',
  'ttc',
  'net à payer',
  'rechnungsbetrag',
  'gesamtbetrag',
  'brutto',
  'bruttobetrag',
  'rounded total',
  'total rounded',
  'invoice total',
  '合计',
  '总计',
  '总额',
  '应付',
  '实付',
];
const PLAIN = ['total', 'ttl', 'totals', 'montant', 'gesamt', 'summe', '金额', '共计'];
const PARTS = [
  'subtotal',
  'sub total',
  'total excl',
  'excluding',
  'before',
  'net of tax',
  'sub-ttl',
  '小计',
  '不含税',
  'zwischensumme',
  'sous-total',
  'ht',
  'hors taxe',
  'hors taxes',
  'netto',
  'nettobetrag',
  'imponible',
];
/** What is no sum to pay, even beside the word "total". */
const OTHER = [
  'accepted total',
  'discount',
  'rounding',
  'rnd adj',
  'round adj',
  'saving',
  'savings',
  'points',
  'total qty',
  'quantity',
  'no of item',
  'total item',
  'items',
  'deposit',
  'service charge',
  'srv chg',
  'change due',
  'total tax',
  'total gst',
  'supplies',
  'gst payable',
  'gst amt',
  'tax amt',
  '折扣',
  '优惠',
  '税额',
  '数量',
];
const TAX = ['gst', 'vat', 'tax', 'sst', 'mwst', 'mehrwertsteuer', 'ust', 'umsatzsteuer', 'tva', 'iva'];
const INCLUSIVE = [
  'incl',
  'inclusive',
  'including',
  'inc gst',
  'with gst',
  'inkl',
  'inklusive',
  'comprise',
  'incluido',
];
const PAID = [
  'cash',
  'visa',
  'master',
  'card',
  'payment',
  'paid',
  'tender',
  'tendered',
  'amount paid',
  'espece',
  'amex',
  'debit',
  '现金',
  '支付',
];
const CHANGE = ['change', 'changedue', 'balance', 'change cash', '找零'];
const SUMMARY = ['gst summary', 'tax summary', 'gstsummary', 'vat summary', 'tax code', 'tax rate'];

const NEXT_WORD = /\b(?:total|totals|ttl)\b[^\p{L}\d]*(\p{L}{2,})/iu;
/** Words that may stand behind "total" and leave it what is to be paid: currencies, and words for sums and sales; "total km" is of something else. */
const NEUTRAL: ReadonlySet<string> = new Set([
  ...[
    'rm',
    'rh',
    'rn',
    'myr',
    'eur',
    'euro',
    'usd',
    'gbp',
    'chf',
    'cny',
    'rmb',
    'jpy',
    'hkd',
    'sgd',
    'inr',
    'mad',
    'dh',
  ],
  ...[
    'amount',
    'amt',
    'sum',
    'sale',
    'sales',
    'price',
    'value',
    'cost',
    'fare',
    'bill',
    'invoice',
    'charge',
    'charges',
  ],
  ...[
    'due',
    'payable',
    'paid',
    'payment',
    'cash',
    'card',
    'net',
    'nett',
    'gross',
    'after',
    'with',
    'in',
    'of',
    'to',
    'for',
  ],
  ...['round', 'rounded', 'rounding', 'incl', 'inclusive', 'inc', 'inkl', 'facture', 'factura', 'general', 'général'],
]);

/** Points for what a label says; only their order and rough distance matter. Tuned on no document: a label beats any number of hints. */
const POINTS = {
  final: 7,
  plain: 6,
  /** "Total km" may be a sum of anything. */
  totalOf: 4,
  part: 1.5,
  paid: 1,
  none: -2,
  tax: -6,
  other: -8,
  change: -9,
  summary: -4,
} as const;
/** Paid less change is the total, whatever its label says. */
const BALANCES = 3;
const SAID_AGAIN = 1;
/** For print twice as large as most; larger counts no more. */
const LARGE_PRINT = 1.5;

interface Candidate {
  readonly amount: Amount;
  readonly row: Row;
  readonly label: string;
  readonly points: number;
}

/** What is to be paid, of all sums in the rows of a document; the best first. */
export function findTotals(rows: readonly Row[]): Finding[] {
  const candidates = labelled(rows);
  const balance = paidLessChange(candidates);
  const usual = median(rows.map(({ height }) => height));
  const alike = Map.groupBy(candidates, centsOf);
  return candidates
    .filter(({ amount }) => Number(amount.value) > 0)
    .map((candidate) => {
      const again = alike.get(centsOf(candidate))!.some((other) => other.row !== candidate.row);
      const size = Math.min(1, Math.max(0, candidate.row.height / usual - 1));
      const points =
        candidate.points +
        (balance !== null && sameAmount(balance, candidate.amount.value) ? BALANCES : 0) +
        (again ? SAID_AGAIN : 0) +
        size * LARGE_PRINT;
      return { ...candidate, points };
    })
    .toSorted((a, b) => b.points - a.points || b.row.middle - a.row.middle)
    .map(({ amount, row, points }) => ({
      text: row.text.slice(amount.start, amount.end),
      normalized: amount.value,
      row,
      points,
    }));
}

/** Sums of one row that are looked at, the last ones, and letters before a sum that may be its words: a row is as long as who wrote the PDF likes. */
const MOST_AMOUNTS = 30;
const LABEL_REACH = 200;

/** Each sum with the words that stand before it in its row; without words there, those of the nearer row that has words and no sum. */
function labelled(rows: readonly Row[]): Candidate[] {
  let inSummary = false;
  const found = rows.map((row) => findAmounts(rowColumns(row)));
  return rows.flatMap((row, at) => {
    inSummary ||= says(row.text, SUMMARY);
    const amounts = found[at]!.slice(-MOST_AMOUNTS);
    return amounts.map((amount) => {
      const own = row.text.slice(Math.max(0, amount.start - LABEL_REACH), amount.start);
      const label = /\p{L}{2}/u.test(own) ? own : `${own} ${labelBeside(rows, found, at)}`;
      return { amount, row, label, points: pointsOf(label) + (inSummary ? POINTS.summary : 0) };
    });
  });
}

function labelBeside(rows: readonly Row[], found: readonly (readonly Amount[])[], at: number): string {
  const row = rows[at]!;
  const near = [at + 1, at - 1].flatMap((other) => {
    const beside = rows[other];
    if (!beside || found[other]!.length > 0 || beside.page !== row.page) return [];
    const away = Math.abs(beside.middle - row.middle);
    return away < Math.max(beside.height, row.height) ? [{ away, text: beside.text }] : [];
  });
  return near.toSorted((a, b) => a.away - b.away)[0]?.text ?? '';
}

function pointsOf(text: string): number {
  const label = printOf(text);
  if (says(label, CHANGE) && !says(label, ['balance due'])) return POINTS.change;
  // A subtotal may say how many items it is of.
  if (says(label, PARTS)) return POINTS.part;
  if (says(label, OTHER)) return POINTS.other;
  const isTotal = says(label, PLAIN) || says(label, FINAL);
  if (says(label, TAX) && !(isTotal && says(label, INCLUSIVE)) && !/total\W*$/i.test(text)) return POINTS.tax;
  if (says(label, FINAL)) return POINTS.final;
  if (isTotal) return isOfOther(text) ? POINTS.totalOf : POINTS.plain;
  return says(label, PAID) ? POINTS.paid : POINTS.none;
}

function isOfOther(label: string): boolean {
  const next = NEXT_WORD.exec(label)?.[1]?.toLowerCase();
  return next !== undefined && !NEUTRAL.has(next);
}

function paidLessChange(candidates: readonly Candidate[]): string | null {
  const change = candidates.findLast(({ points }) => points <= POINTS.change);
  if (!change) return null;
  const paid = candidates.filter(({ label, row }) => says(label, PAID) && row !== change.row);
  const rest = paid.map(({ amount }) => Number(amount.value) - Math.abs(Number(change.amount.value)));
  const most = rest.reduce((most, one) => Math.max(most, one), 0);
  return most > 0 ? most.toFixed(2) : null;
}

/** Sums of the same cents are the same amount. */
function centsOf({ amount }: Candidate): number {
  return Math.round(Number(amount.value) * 100);
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1] ?? 1;
}
