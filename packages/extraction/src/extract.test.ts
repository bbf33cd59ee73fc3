import { describe, expect, test } from '@jest/globals';
import { extractByRules } from './extract.ts';
import { pageOfRows } from './test-pages.ts';

const PAGE = {
  number: 1,
  text: pageOfRows('ACME TRADING LTD', 'Date: 17/1/2018', 'Pages: 3', ['Subtotal', '28.00'], ['TOTAL', 'RM 29.70']),
};

describe('extraction by rules', () => {
  test('gives each field of a schema its value, its normal form and its proof', () => {
    const found = extractByRules([PAGE], {
      type: 'object',
      properties: {
        seller: { type: 'object', properties: { name: { type: 'string', title: 'company' } } },
        date: { type: 'string', format: 'date' },
        total: { type: 'number' },
        pages: { type: 'integer' },
      },
    });
    expect(found['seller.name']).toMatchObject({ value: 'ACME TRADING LTD', grounded: true });
    expect(found['date']).toMatchObject({
      value: '2018-01-17',
      normalized: '2018-01-17',
      evidence: [{ quote: '17/1/2018', lines: [1] }],
    });
    expect(found['total']).toMatchObject({ value: 29.7, normalized: '29.70', grounded: true });
    expect(found['total']!.evidence[0]!.quote).toBe('RM 29.70');
    expect(found['pages']).toMatchObject({ value: 3, grounded: true });
  });

  test('says null, and that it is not grounded, where nothing is found or it is of another type', () => {
    const { iban, pages } = extractByRules([PAGE], { properties: { iban: {}, pages: { type: 'boolean' } } });
    const nothing = { value: null, normalized: null, confidence: 0, grounded: false, evidence: [] };
    expect([iban, pages]).toEqual([nothing, nothing]);
  });

  test('a page number of the document is in the evidence', () => {
    const found = extractByRules(
      [
        { number: 1, text: pageOfRows('Cover') },
        { ...PAGE, number: 2 },
      ],
      { properties: { total: {} } },
    );
    expect(found['total']!.evidence[0]!.page).toBe(2);
  });

  test.each([
    [{ properties: { items: { type: 'array' } } }, 'items'],
    [
      {
        properties: {
          a: { properties: { b: { properties: { c: { properties: { d: { properties: { e: {} } } } } } } } },
        },
      },
      'a.b.c.d',
    ],
    [{ type: 'string' }, '""'],
  ])('refuses a schema it cannot answer and names the place', (schema, place) => {
    expect(() => extractByRules([PAGE], schema)).toThrow(
      expect.objectContaining({ code: 'invalid_options', message: expect.stringContaining(place) }),
    );
  });
});
