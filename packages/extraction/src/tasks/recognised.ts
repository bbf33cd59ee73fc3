import type { Row } from '../layout/rows.ts';
import { findAddresses } from '../rules/address.ts';
import { findCompanies } from '../rules/company.ts';
import { findIssueDates } from '../rules/issued.ts';
import { says } from '../rules/labels.ts';
import { findTotals } from '../rules/total.ts';
import { findAmounts } from '../values/amounts.ts';
import { findIdentifiers, type Identifier } from '../values/identifiers.ts';
import { findMrz, type Mrz } from '../values/mrz.ts';
import type { Pair } from './pairs.ts';
import { writtenDay } from './values-as-kept.ts';

/** Points below which a rule only ranks and does not know; by what each rule gives for a label or a legal form. */
const SURE = { company: 2.5, address: 2, date: 1, total: 3 } as const;
/** Kinds whose head is that of who issues them. */
const BILLS: readonly string[] = ['receipt', 'invoice'];
/** A bill has a date, and somebody is named at its head, in any case. */
const SURE_OF_BILLS = { ...SURE, company: -2, date: -0.5 } as const;
/** Kinds that have no sum to pay, whatever their tables add up. */
const WITHOUT_TOTAL: readonly string[] = ['report', 'article', 'letter', 'identity document'];
const NAMES: Readonly<Record<Identifier['kind'], string>> = {
  email: 'E-mail',
  phone: 'Phone',
  url: 'Website',
  iban: 'IBAN',
  'chinese-id': 'ID Number',
};
/** A number counts as one to call only where the print says so: other numbers look alike. */
const CALLS = [
  'tel',
  'telephone',
  'phone',
  'mobile',
  'cell',
  'call',
  'hotline',
  'telefon',
  'téléphone',
  'telefono',
  'handy',
  '电话',
  '手机',
  '热线',
];
/** Rows of a machine-readable zone. */
const ZONE_ROWS = 3;
/** A year of two digits in a zone: born up to this one in this century, else in the last; papers expire in this century. */
const BORN_BEFORE = 30;

/** Values that are known by their form, not by a label: the issuer, its day and total, addresses of the net, numbers with check digits. */
export function findRecognised(rows: readonly Row[], { kind }: { readonly kind: string }): Pair[] {
  return [...headOf(rows, kind), ...zoneOf(rows), ...identifiersOf(rows)];
}

function headOf(rows: readonly Row[], kind: string): Pair[] {
  const sure = BILLS.includes(kind) ? SURE_OF_BILLS : SURE;
  const company = findCompanies(rows)[0];
  const address = BILLS.includes(kind) ? findAddresses(rows)[0] : undefined;
  const date = findIssueDates(rows)[0];
  const total = WITHOUT_TOTAL.includes(kind) ? undefined : findTotals(rows)[0];
  const currency = total && currencyOf(total.text, rows);
  return [
    ...(company && company.points >= sure.company
      ? [{ key: 'Company', value: company.text, normalized: null, proof: company.text, row: company.row }]
      : []),
    ...(address && address.points >= SURE.address
      ? [{ key: 'Company Address', value: address.text, normalized: null, proof: address.text, row: address.row }]
      : []),
    ...(date && date.points >= sure.date
      ? [
          {
            key: 'Date',
            value: writtenDay(date.normalized),
            normalized: date.normalized,
            proof: date.text,
            row: date.row,
          },
        ]
      : []),
    ...(total && total.points >= sure.total
      ? [
          {
            key: 'Total',
            value: total.normalized,
            normalized: total.normalized,
            proof: total.text.trim(),
            row: total.row,
          },
          ...(currency ? [{ key: 'Currency', normalized: currency.value, ...currency }] : []),
        ]
      : []),
  ];
}

/** The currency of the total, or the only one that the document names. */
function currencyOf(total: string, rows: readonly Row[]): { value: string; proof: string; row: Row } | undefined {
  const named = rows.flatMap((row) =>
    findAmounts(row.text).flatMap(({ currency, start, end }) =>
      currency === null ? [] : [{ value: currency, proof: row.text.slice(start, end).trim(), row }],
    ),
  );
  const own = findAmounts(total)[0]?.currency;
  if (own) return named.find(({ value }) => value === own);
  return new Set(named.map(({ value }) => value)).size === 1 ? named[0] : undefined;
}

function identifiersOf(rows: readonly Row[]): Pair[] {
  return rows.flatMap((row) =>
    findIdentifiers(row.text)
      .filter(({ kind, value }) => kind !== 'phone' || value.startsWith('+') || says(row.text, CALLS))
      .map(({ kind, value, start, end }) => {
        const print = row.text.slice(start, end);
        return { key: NAMES[kind], value: kind === 'phone' ? print : value, normalized: value, proof: print, row };
      }),
  );
}

function zoneOf(rows: readonly Row[]): Pair[] {
  for (let at = 0; at < rows.length; at += 1) {
    const zone = rows.slice(at, at + ZONE_ROWS);
    const mrz = findMrz(zone.map(({ text }) => text));
    if (mrz && !findMrz(zone.slice(1).map(({ text }) => text))) return pairsOf(mrz, zone);
  }
  return [];
}

/** A zone is proven by its own rows: what they say is not printed with spaces around it. */
function pairsOf(mrz: Mrz, zone: readonly Row[]): Pair[] {
  const [names, data] = mrz.format === 'TD1' ? [zone[2]!, zone[1]!] : [zone[0]!, zone[1]!];
  const numbers = mrz.format === 'TD1' ? zone[0]! : data;
  const pair = (key: string, value: string, row: Row): Pair => ({ key, value, normalized: null, proof: row.text, row });
  const day = (key: string, value: string): Pair => ({ ...pair(key, writtenDay(value), data), normalized: value });
  const number = mrz.documentCode.startsWith('P') ? 'Passport Number' : 'Document Number';
  return [
    pair('Surname (Latin)', mrz.surname, names),
    pair('Given Names (Latin)', mrz.givenNames, names),
    pair(number, mrz.number, numbers),
    pair('Nationality', mrz.nationality, data),
    pair('Sex', mrz.sex, data),
    day('Date of Birth', century(mrz.birth, BORN_BEFORE)),
    day('Valid Until', century(mrz.expiry, 100)),
    pair(
      'MRZ',
      zone
        .slice(0, mrz.format === 'TD1' ? 3 : 2)
        .map(({ text }) => text)
        .join('\n'),
      zone[0]!,
    ),
  ].filter(({ value }) => value !== '');
}

function century(date: string, before: number): string {
  const year = Number(date.slice(0, 2));
  return `${year < before ? 20 : 19}${date.slice(0, 2)}-${date.slice(2, 4)}-${date.slice(4)}`;
}
