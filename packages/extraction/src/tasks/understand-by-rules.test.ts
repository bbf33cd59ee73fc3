import type { FormResult, LibraryEntry } from '@docusnap/contracts';
import { Understanding } from '@docusnap/contracts';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { findTotals } from '../rules/total.ts';
import { labelLetters } from '../rules/vocabulary.ts';
import { box, pageOf, pageOfRows } from '../test-pages.ts';
import { understandByRules } from './understand-by-rules.ts';

const LIBRARY: LibraryEntry[] = ['a', 'b', 'c', 'd', 'e', 'f', 'g'].map((id) => ({
  type: 'doc',
  id,
  title: 'Invoice of Acme',
  tags: ['invoice'],
  description: '',
  date: null,
  kv: { Company: 'Acme Ltd', Total: '12.50', Name: 'Anna Berg' },
}));
/** What pages are made of: labels, values and noise, at any place. */
const PRINTS = [
  'Name:',
  'Anna Berg',
  'Name: Anna Berg',
  'Date: 03/04/2018',
  '31.12.2019',
  'Total',
  'RM 12.50',
  'Total: 12.50',
  'Acme Ltd',
  'INVOICE',
  '姓 名：张三',
  '出生日期',
  '1983年6月8日',
  'Phone: ____ Fax: ____',
  'Sex:',
  'male',
  'female',
  ':',
  '::',
  '：',
  '()',
  'a',
  '$',
  '-',
  '%%%',
  'x: y: z:',
  'IBAN GB82 WEST 1234 5698 7654 32',
  'He looked at the sea, and then he said to her: nothing.',
  'P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<',
  '…………',
  'http://example.com/a:b',
];
const print = fc.record({
  text: fc.constantFrom(...PRINTS),
  left: fc.nat(900),
  top: fc.nat(1300),
  size: fc.integer({ min: 8, max: 60 }),
});
const place = fc
  .tuple(fc.nat(800), fc.nat(1300), fc.integer({ min: 8, max: 300 }), fc.integer({ min: 8, max: 60 }))
  .map(([left, top, width, height]) => box(left, top, left + width, top + height));
const page = fc.record({
  prints: fc.array(print, { maxLength: 25 }),
  angle: fc.constantFrom(0, 90, 180, 359.5),
  blanks: fc.array(fc.record({ kind: fc.constantFrom('line' as const, 'box' as const), quad: place }), {
    maxLength: 5,
  }),
  checkboxes: fc.array(fc.record({ quad: place, checked: fc.boolean(), score: fc.constant(0.9) }), { maxLength: 5 }),
});
const textOf = ({ prints, ...furniture }: typeof page extends fc.Arbitrary<infer T> ? T : never) => ({
  ...pageOf(prints),
  ...furniture,
});

describe('whatever the pages hold, the rules', () => {
  test('prove each value of a document, and name only what the library has', () => {
    fc.assert(
      fc.property(page, (made) => {
        const answer = understandByRules([{ number: 1, text: textOf(made) }], {
          task: 'doc',
          library: LIBRARY,
          requireGrounding: true,
        });
        expect(Understanding.parse(answer)).toEqual(answer);
        const { kv, related } = answer.result as FormResult;
        expect(Object.keys(answer.fields)).toEqual(Object.keys(kv));
        for (const field of Object.values(answer.fields)) expect(field).toMatchObject({ grounded: true });
        for (const { resource_id } of related) expect(LIBRARY.some(({ id }) => id === resource_id)).toBe(true);
      }),
    );
  });

  test('say the type of a form, keep its keys apart from its fields, and give each blank a label', () => {
    fc.assert(
      fc.property(page, (made) => {
        const answer = understandByRules([{ number: 1, text: textOf(made) }], {
          task: 'form',
          library: [],
          requireGrounding: false,
        });
        expect(Understanding.parse(answer)).toEqual(answer);
        const { kv, fields } = answer.result as FormResult;
        const asked = new Set(fields.map(labelLetters));
        expect(kv['Form Type']).toBeTruthy();
        expect(Object.keys(kv).filter((key) => asked.has(labelLetters(key)))).toEqual([]);
        for (const { label } of answer.blanks) expect(label).not.toBe('');
      }),
    );
  });

  test('name one of the kinds', () => {
    fc.assert(
      fc.property(page, (made) => {
        const answer = understandByRules([{ number: 1, text: textOf(made) }], {
          task: 'classify',
          library: [],
          requireGrounding: false,
          labels: ['a bill', 'a form'],
        });
        expect(answer.result).toMatchObject({
          label: expect.stringMatching(/^a (?:bill|form)$/),
          candidates: [{}, {}],
        });
      }),
    );
  });

  test('a row of two thousand sums takes no longer than others', () => {
    const page = { number: 1, text: pageOfRows('$1 '.repeat(2_000), 'Total $4.20') };
    const start = process.cpuUsage();
    const answer = understandByRules([page], { task: 'doc', library: [], requireGrounding: false });
    const { user, system } = process.cpuUsage(start);
    expect(answer.result).toMatchObject({ kv: { Total: '4.20' } });
    // It took half a minute, and with its square more for longer ones.
    expect((user + system) / 1000).toBeLessThan(5_000);
  });

  test('the total of eight thousand rows is found in seconds', () => {
    const rows = Array.from({ length: 8_000 }, (_, row) => ({
      text: `${row + 1}.00`,
      page: 1,
      middle: row * 10,
      height: 8,
      pieces: [],
    }));
    const start = process.cpuUsage();
    expect(findTotals(rows as unknown as Parameters<typeof findTotals>[0])).toHaveLength(8_000);
    const { user, system } = process.cpuUsage(start);
    expect((user + system) / 1000).toBeLessThan(6_000);
  });
});
