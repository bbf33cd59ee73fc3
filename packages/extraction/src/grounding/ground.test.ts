import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { box, LETTER_WIDTH, pageOfRows } from '../test-pages.ts';
import { ground } from './ground.ts';
import { indexPages } from './page-index.ts';

const index = (...rows: readonly (string | readonly string[])[]) =>
  indexPages([{ number: 3, text: pageOfRows(...rows) }]);

describe('grounding', () => {
  test('a value that stands on the page is exact, with its words and their quad', () => {
    const { grounded, evidence, confidence } = ground(index('Bill to', 'Acme Trading Ltd, London'), 'Acme Trading');
    expect(grounded).toBe(true);
    // Two words of .9 each: a reader is surer of itself than it is right.
    expect(confidence).toBeCloseTo(0.555, 3);
    expect(evidence).toHaveLength(1);
    expect(evidence[0]).toMatchObject({
      page: 3,
      lines: [1],
      words: [
        { line: 1, word: 0 },
        { line: 1, word: 1 },
      ],
      quote: 'Acme Trading',
      match: 'exact',
    });
    const [[left, top], , [right, bottom]] = evidence[0]!.quad;
    expect([left, right]).toEqual([20, 140]);
    expect(top).toBeGreaterThan(70);
    expect(bottom).toBeLessThan(90);
  });

  test.each([
    ['ACME-TRADING', 'Acme Trading'],
    ['2017-12-29', 'Friday, 29/12/2017'],
    ['29 December 2017', '29.12.17'],
    ['1234.5', 'Total RM1,234.50'],
    ['41.45', 'CASH RM41.45'],
    ['0378456155', 'Tel 03-7845 6155'],
    ['1234', 'Qty 1 234'],
    ['1234', 'Qty 1,234'],
    ['12.5', 'Rate 12,5'],
    ['12.5', 'Weight 12.50 kg'],
    ['50', 'Rate 50%'],
    ['EUR 50', 'Sum 50.00 €'],
    ['<5', 'Result < 5 mg'],
    ['USD 50', 'Sum $50.00'],
    ['GB82WEST12345698765432', 'IBAN GB82 WEST 1234 5698 7654 32'],
    ['67 JLN 25/63, 40400 SHAH', '67 JLN 25/63,40400 SHAH'],
    ['25 m²', 'Area 25 m2'],
  ])('%p is proven by %p, in another notation', (value, print) => {
    expect(ground(index(print), value)).toMatchObject({ grounded: true, evidence: [{ match: 'normalized' }] });
  });

  test.each([
    ['-45.5', 'Balance -45.5'],
    ['12.345', 'Length 12.345'],
    ['10²', 'about 10²'],
    ['A-', 'Blood group A-'],
    ['<5', 'Result <5 mg'],
    ['FAQ', 'Home > FAQ'],
  ])('%p is proven by %p with its signs', (value, print) => {
    expect(ground(index(print), value)).toMatchObject({ grounded: true, evidence: [{ match: 'exact' }] });
  });

  test.each([
    ['Confidential', 'Conf1dentiaI memo'],
    ['RETURNABLE', 'GOODS ARE NOT RETURNARLE'],
    ['JALAN TAMPOI 7/4', '12. Jalan T ampoi 7/4,Kawasan'],
    ['DESCRIPTION', 'Descript ion'],
    ['São Paulo, Brasil', 'Sao Paulo, Brasil'],
    ['Room 1O5, Springfield', 'Room 105, Springfield'],
    ['Vanilla ice cream', 'Vanella ice cream'],
  ])('%p is nearly what %p says', (value, print) => {
    const found = ground(index(print), value);
    expect(found.grounded).toBe(true);
    expect(found.confidence).toBeLessThanOrEqual(0.9);
  });

  test.each([
    ['14.20', 'TOTAL 14.10'],
    ['2017-12-28', 'Friday, 29-12-2017'],
    ['700', 'TOTAL 7.00'],
    ['41', 'No 1041'],
    ['000145047553', 'GST No 000145047552'],
    ['Beta Ltd', 'Acme Trading Ltd'],
    ['-', 'a - b'],
    ['', 'anything'],
  ])('%p is not proven by %p', (value, print) => {
    expect(ground(index(print), value)).toEqual({ grounded: false, confidence: 0, evidence: [] });
  });

  test.each([
    ['a part of a number', '10000', 'Total 100.00'],
    ['a part of a number', '123456', '1,234.56'],
    ['a part of a number', '12345', 'Tel 9123456789'],
    ['a part of a word', 'Married', 'Unmarried'],
    ['a part of a word', 'legal', 'illegal'],
    ['a part of a word', 'Paris', 'Comparison'],
    ['a part of a number', '45 Main Street, Springfield', '145 Main Street, Springfield'],
    ['a number without its point', '41.5', 'Seat 415'],
    ['a number without its point', '2.5', 'Room 25'],
    ['a number of another sign', '-45', 'Total 45'],
    ['a number of another sign', '45', 'Total -45'],
    ['a rounded number', '12.345', 'Total 12.35'],
    ['two words', 'therapist', 'the rapist'],
    ['two words', 'atypical case', 'a typical case'],
    ['an opposite', 'Contract is valid', 'Contract is invalid'],
    ['an opposite', 'Contract is valid until further notice', 'Contract is not valid until further notice'],
    ['an opposite', 'Contract is not valid until further notice', 'Contract is valid until further notice'],
    ['an opposite', 'increase of sales', 'decrease of sales'],
    ['an opposite', 'hypertension', 'hypotension'],
    ['another word', 'Employee', 'Employer'],
    ['another word', 'the Employee of Acme Trading Ltd', 'the Employer of Acme Trading Ltd'],
    ['an opposite', '本合同有效期为三年', '本合同无效期为三年'],
    ['an opposite', '本合同有效期为三年', '本合同没有效期为三年'],
    ['a number that lacks a digit', 'DE89370400440532013000', 'IBAN DE8937040044053201300'],
    ['a number that lacks a digit', '12345 Main Street, Springfield', '1245 Main Street, Springfield'],
    ['another sign', 'A-', 'Blood group A+'],
    ['another sign', 'A', 'Blood group A-'],
    ['no sign', 'C++', 'written in C'],
    ['another sign', '< 5', 'Result > 5'],
    ['a fraction', '12', 'Size ½'],
    ['a power', '102', 'about 10²'],
    ['another currency', '€50.00', 'Total $50.00'],
    ['another currency', 'EUR 50', 'Total 50.00 USD'],
  ])('%s proves nothing: %p is not %p', (_, value, print) => {
    expect(ground(index(print), value).grounded).toBe(false);
  });

  test('what stands in two lines or cells is not one number or word, but over a hyphen', () => {
    expect(ground(index('Qty 12', '3 pieces'), '123').grounded).toBe(false);
    expect(ground(index(['10', '41']), '1041').grounded).toBe(false);
    const columns = pageOfRows('2 500');
    const [line] = columns.blocks[0]!.lines;
    const words = line!.words.map((word, at) => ({ ...word, quad: at === 0 ? word.quad : box(200, 40, 230, 60) }));
    const page = { ...columns, blocks: [{ ...columns.blocks[0]!, lines: [{ ...line!, words }] }] };
    expect(ground(indexPages([{ number: 1, text: columns }]), '2500').grounded).toBe(true);
    expect(ground(indexPages([{ number: 1, text: page }]), '2500').grounded).toBe(false);
    expect(ground(index('a book', 'case'), 'bookcase').grounded).toBe(false);
    expect(ground(index('the book-', 'case'), 'bookcase').grounded).toBe(true);
  });

  test('a value behind its label in one word is exact, with its own part of the word’s quad', () => {
    const { evidence } = ground(index('姓名：夏艳辰'), '夏艳辰');
    expect(evidence).toMatchObject([{ quote: '夏艳辰', match: 'exact', words: [{ line: 0, word: 0 }] }]);
    const [[left], [right]] = evidence[0]!.quad;
    expect(left).toBeCloseTo(20 + 6 * LETTER_WIDTH * (3 / 6));
    expect(right).toBeCloseTo(20 + 6 * LETTER_WIDTH);
    expect(ground(index('Name:Anna'), 'Anna').evidence).toMatchObject([{ quote: 'Anna', match: 'exact' }]);
  });

  test.each([
    ['男', '汉', '性别男民族汉', false],
    ['张三', '李四', '申请人张三住址', true],
  ])(
    'a Chinese value of two letters may stand in a run of others, one letter may not',
    (value, other, print, grounded) => {
      expect(ground(index(print), value).grounded).toBe(grounded);
      expect(ground(index(print), `${other}人`).grounded).toBe(false);
    },
  );

  test.each([
    ['36', 'at 12:36:11'],
    ['12', '29/12/2017'],
    ['Anna', 'Susanna: yes'],
  ])('%p is not a part of %p', (value, print) => {
    expect(ground(index(print), value).grounded).toBe(false);
  });

  test('a value over two lines has the words of both and the box around them', () => {
    const found = ground(index('67, JLN MEWAH 25/63', '40400 SHAH ALAM'), '67 JLN MEWAH 25/63, 40400 SHAH ALAM');
    expect(found.evidence[0]).toMatchObject({ lines: [0, 1] });
    const [[left, top], , [right, bottom]] = found.evidence[0]!.quad;
    expect([left, right]).toEqual([20, 210]);
    expect(bottom - top).toBeGreaterThan(35);
  });

  test('of several places the one nearest to the hint comes first', () => {
    const pages = index('Subtotal 7.00', 'Total 7.00', 'Cash 7.00');
    expect(ground(pages, '7.00', { page: 3, line: 1 }).evidence.map(({ lines }) => lines[0])).toEqual([1, 0, 2]);
  });

  test('what nearly agrees in several places alike is proven by all of them, the nearest first', () => {
    const pages = index('Telephane: 1', 'a line between', 'Telephane: 2', 'Telaphane: 3');
    const { evidence } = ground(pages, 'Telephone', { page: 3, line: 2 });
    expect(evidence.map(({ lines, match }) => [lines[0], match])).toEqual([
      [2, 'fuzzy'],
      [0, 'fuzzy'],
    ]);
  });

  test('a name between slashes stands alone, with its own part of the word’s quad; a part of a number does not', () => {
    const { evidence } = ground(index('Brand/Assembly/Material'), 'Assembly');
    expect(evidence).toMatchObject([{ quote: 'Assembly', match: 'exact' }]);
    expect(evidence[0]!.quad[0][0]).toBeCloseTo(20 + LETTER_WIDTH * 'Brand/'.length);
    expect(ground(index('8/7/87'), '7').grounded).toBe(false);
  });

  test('numbers made up at random are not grounded', () => {
    const pages = index(['Smoked Duck', '12.50'], ['Green Tea', '3.00'], ['Total', '15.50'], 'INV No. 593101');
    fc.assert(
      fc.property(fc.integer({ min: 10_000, max: 99_999_999 }), (number) => {
        fc.pre(String(number) !== '593101');
        expect(ground(pages, String(number)).grounded).toBe(false);
      }),
    );
  });

  test('any words in a row of a page are proven by that page', () => {
    const rows = ['the quick brown fox', 'jumps over 13 lazy dogs', 'und 27 weitere Zeilen'];
    const pages = index(...rows);
    fc.assert(
      fc.property(fc.nat(2), fc.nat(3), fc.nat(3), (row, a, b) => {
        const words = rows[row]!.split(' ').slice(Math.min(a, b), Math.max(a, b) + 1);
        fc.pre(words.length > 0);
        expect(ground(pages, words.join(' ')).grounded).toBe(true);
      }),
    );
  });
});
