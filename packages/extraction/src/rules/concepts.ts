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

/** How like a label a name must be to ask for its value. */
const ALIKE = 0.6;

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
    .map(({ key, value, row }) => ({ text: value, normalized: value, row, points: likeness(key, words) }))
    .filter(({ points }) => points >= ALIKE)
    .toSorted((a, b) => b.points - a.points);
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
