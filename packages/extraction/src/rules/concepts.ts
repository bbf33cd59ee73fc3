import type { Row } from '../layout/rows.ts';
import { findIdentifiers, type Identifier } from '../values/identifiers.ts';
import { lettersOf } from '../values/normalise.ts';
import { findAddresses } from './address.ts';
import { findCompanies } from './company.ts';
import type { Finding } from './finding.ts';
import { findIssueDates } from './issued.ts';
import { findKeyValues } from './key-values.ts';
import { findTotals } from './total.ts';

/** What a field may be asked for, by the words of its name or title. The first that fits is taken. */
const CONCEPTS: readonly { readonly asked: RegExp; readonly find: (rows: readonly Row[]) => Finding[] }[] = [
  { asked: /\biban\b/, find: (rows) => identified(rows, 'iban') },
  { asked: /\be ?mail\b/, find: (rows) => identified(rows, 'email') },
  { asked: /\b(?:web ?site|url|homepage)\b/, find: (rows) => identified(rows, 'url') },
  { asked: /\b(?:phone|telephone|tel|mobile)\b/, find: (rows) => identified(rows, 'phone') },
  {
    asked: /^(?:(?:invoice|receipt|issue|issued|purchase|transaction|document|bill) )?date(?: of issue)?$/,
    find: findIssueDates,
  },
  {
    asked:
      /^(?:(?:grand|total|invoice|final) )?(?:total|amount due|amount payable|amount)(?: (?:amount|due|price|paid|sum))?$/,
    find: findTotals,
  },
  {
    asked: /^(?:(?:company|vendor|seller|merchant|supplier|store|shop|issuer|business|organi[sz]ation)(?: name)?)$/,
    find: findCompanies,
  },
  {
    asked: /^(?:(?:company|vendor|seller|merchant|supplier|store|shop|issuer|business) )?address$/,
    find: findAddresses,
  },
];

/** How like a label a name must be to ask for its value, and a word of the one a word of the other to be that word. */
const ALIKE = 0.6;
const SAME_WORD = 0.75;
/** Words that say nothing of what a value is: "customer name" is what stands behind "Customer". */
const PLAIN: ReadonlySet<string> = new Set(['name', 'number', 'id', 'code', 'value', 'text', 'of', 'the', 'and']);

/** What the rules find for a field of that name, the best first: by what its name asks for, else by the label that is most like it. */
export function findField(rows: readonly Row[], name: string): Finding[] {
  const words = wordsOf(name);
  const concept = CONCEPTS.find(({ asked }) => asked.test(words));
  const found = concept?.find(rows) ?? [];
  return found.length > 0 ? found : labelled(rows, words);
}

/** "invoiceNumber", "invoice_number", "Invoice Number" > "invoice number". */
export function wordsOf(name: string): string {
  return name
    .replace(/(?<=[\p{Ll}\d])(?=\p{Lu})/gu, ' ')
    .replace(/[^\p{L}\p{N}]+/gu, ' ')
    .trim()
    .toLowerCase();
}

function identified(rows: readonly Row[], kind: Identifier['kind']): Finding[] {
  return rows.flatMap((row) =>
    findIdentifiers(row.text)
      .filter((identifier) => identifier.kind === kind)
      .map(({ start, end, value }) => ({ text: row.text.slice(start, end), normalized: value, row, points: 0 })),
  );
}

function labelled(rows: readonly Row[], words: string): Finding[] {
  return findKeyValues(rows)
    .filter(({ key }) => isOfOneKind(wordsOf(expanded(key)), expanded(words)))
    .map(({ key, value, row }) => ({ text: value, normalized: value, row, points: pointsOf(key, words) }))
    .filter(({ points }) => points >= ALIKE)
    .toSorted((a, b) => b.points - a.points);
}

/** "Sales tax" is a tax: a name that a label ends with asks for its value, though less than one that is more like it. */
function pointsOf(label: string, name: string): number {
  return wordsOf(label).endsWith(` ${name}`) ? Math.max(ALIKE, likeness(label, name)) : likeness(label, name);
}

/**
 * Whether a label has all words of a name, but for plain ones: "Total" is like "subtotal", "Beta fee" like "eta fee" and "Date" like "due date", and each
 * is something else. Print without spaces between its words is one word.
 */
function isOfOneKind(label: string, name: string): boolean {
  return lettersOf(label) === lettersOf(name) || hasAll(label.split(' '), name.split(' '));
}

function hasAll(words: readonly string[], others: readonly string[]): boolean {
  return others.every((other) => PLAIN.has(other) || words.some((word) => isSameWord(word, other)));
}

/** But for letters that were misread, which the first seldom is; a shortened word has the first letters of the whole. */
function isSameWord(a: string, b: string): boolean {
  const [short, long] = a.length < b.length ? [a, b] : [b, a];
  return a[0] === b[0] && (likeness(a, b) >= SAME_WORD || (short.length >= 3 && long.startsWith(short)));
}

/** Of two texts: twice their common pairs of letters over all their pairs (Dice's coefficient). */
export function likeness(a: string, b: string): number {
  const [left, right] = [pairsOf(a), pairsOf(b)];
  if (left.length + right.length === 0) return lettersOf(a) === lettersOf(b) ? 1 : 0;
  const open = [...right];
  const common = left.filter((pair) => {
    const at = open.indexOf(pair);
    if (at >= 0) open.splice(at, 1);
    return at >= 0;
  });
  return (2 * common.length) / (left.length + right.length);
}

function pairsOf(text: string): string[] {
  const letters = lettersOf(expanded(text));
  return Array.from({ length: Math.max(0, letters.length - 1) }, (_, at) => letters.slice(at, at + 2));
}

/** What labels shorten. */
function expanded(text: string): string {
  return text
    .toLowerCase()
    .replace(/\b(?:no|nr|num|#)(?:\.|\b)|#/g, ' number ')
    .replace(/\binv\b/g, 'invoice')
    .replace(/\bamt\b/g, 'amount');
}
