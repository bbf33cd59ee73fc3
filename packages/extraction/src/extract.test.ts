import type { PageText } from '@docusnap/contracts';
import { describe, expect, test } from '@jest/globals';
import { extractByRules } from './extract.ts';
import { box, pageOfRows } from './test-pages.ts';

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
    expect(found.date).toMatchObject({
      value: '2018-01-17',
      normalized: '2018-01-17',
      evidence: [{ quote: '17/1/2018', lines: [1] }],
    });
    expect(found.total).toMatchObject({ value: 29.7, normalized: '29.70', grounded: true });
    expect(found.total!.evidence[0]!.quote).toBe('RM 29.70');
    expect(found.pages).toMatchObject({ value: 3, grounded: true });
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
    expect(found.total!.evidence[0]!.page).toBe(2);
  });

  test('takes a field that may be null, one of some values, and names of several words', () => {
    const text = pageOfRows('Payment method: by card', 'Order number: 77', 'Confirmed: yes');
    const found = extractByRules([{ number: 1, text }], {
      properties: {
        payment: { title: 'Payment method', enum: ['cash', 'card'] },
        orderNumber: { type: ['integer', 'null'] },
        confirmed: { type: 'boolean' },
      },
    });
    expect(found).toMatchObject({ payment: { value: 'card' }, orderNumber: { value: 77 }, confirmed: { value: true } });
  });

  test('lists the values of one kind, each once', () => {
    const text = pageOfRows('Mail a@b.example or c@d.example', 'again a@b.example');
    const found = extractByRules([{ number: 1, text }], {
      properties: { emails: { type: 'array', items: { type: 'string', title: 'E-mail' } } },
    });
    expect(Object.entries(found).map(([path, { value }]) => [path, value])).toEqual([
      ['emails.0', 'a@b.example'],
      ['emails.1', 'c@d.example'],
    ]);
  });

  test('lists the rows of a table whose headings name the properties, without those that sum up', () => {
    const found = extractByRules(
      [
        {
          number: 4,
          text: tableOf(
            ['Item', 'Qty', 'Unit price'],
            ['Tea', '2', '3.50'],
            ['Cake', '1', '4.00'],
            ['Total', '', '11.00'],
          ),
        },
      ],
      {
        properties: {
          items: {
            type: 'array',
            items: {
              type: 'object',
              properties: { description: { type: 'string' }, quantity: { type: 'integer' }, price: { type: 'number' } },
            },
          },
        },
      },
    );
    expect(Object.entries(found).map(([path, { value }]) => [path, value])).toEqual([
      ['items.0.description', 'Tea'],
      ['items.0.quantity', 2],
      ['items.0.price', 3.5],
      ['items.1.description', 'Cake'],
      ['items.1.quantity', 1],
      ['items.1.price', 4],
    ]);
    expect(found['items.1.price']).toMatchObject({ grounded: true, evidence: [{ page: 4, quote: '4.00' }] });
  });

  test('lists nothing where no table has such headings', () => {
    const text = tableOf(['Name', 'Age'], ['Anna', '7']);
    const items = { type: 'array', items: { type: 'object', properties: { voltage: {}, current: {} } } };
    expect(extractByRules([{ number: 1, text }], { properties: { items } })).toEqual({});
  });

  test.each([
    [{ properties: { items: { type: 'array' } } }, 'items'],
    [{ properties: { a: { type: 'object' } } }, 'a'],
    [{ type: 'string' }, 'root'],
  ])('refuses a schema it cannot answer and names the place', (schema, place) => {
    expect(() => extractByRules([PAGE], schema)).toThrow(
      expect.objectContaining({ code: 'invalid_options', message: expect.stringContaining(place) }),
    );
  });
});

/** A page with nothing but a table: columns of 300 pixels, rows of 30. */
function tableOf(...rows: readonly (readonly string[])[]): PageText {
  const cells = rows.flatMap((row, at) =>
    row.map((text, column) => ({
      row: at,
      column,
      row_span: 1,
      column_span: 1,
      quad: box(20 + column * 300, 40 + at * 30, 310 + column * 300, 65 + at * 30),
      text,
    })),
  );
  const page = pageOfRows(...rows.map((row) => row.filter((text) => text !== '')));
  const width = rows[0]!.length;
  return {
    ...page,
    tables: [{ quad: box(0, 0, 1000, 400), ruled: false, rows: rows.length, columns: width, cells }],
  };
}
