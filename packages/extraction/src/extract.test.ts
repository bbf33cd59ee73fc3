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

  test('takes nothing of a row that says something else, however like its label is', () => {
    const text = pageOfRows(
      'Subtotal: f210.00',
      'Total: 252.00',
      'Beta fee: 14',
      'Date: 2024-05-01',
      'Customer: Jane Doe',
    );
    const found = extractByRules([{ number: 1, text }], {
      properties: {
        subtotal: { type: 'number' },
        eta_fee: { type: 'number' },
        due_date: { type: 'string', format: 'date' },
        customer_name: { type: 'string' },
      },
    });
    expect(Object.entries(found).map(([name, { value }]) => [name, value])).toEqual([
      ['subtotal', null],
      ['eta_fee', null],
      ['due_date', null],
      ['customer_name', 'Jane Doe'],
    ]);
  });

  test('takes sums behind labels that tell a rate, and names behind those that end in a preposition', () => {
    const text = pageOfRows(
      ['Discount 5%', '-10.89'],
      'Sales tax (20 %) $41.38',
      ['VAT 7,5%', '12.00'],
      'Deliver to: 203 Old Mill Road',
    );
    const found = extractByRules([{ number: 1, text }], {
      properties: {
        discount: { type: 'number' },
        sales_tax: { type: 'number' },
        tax: { type: 'number' },
        vat: { type: 'number' },
        deliverTo: { type: 'string' },
      },
    });
    expect(Object.values(found).map(({ value }) => value)).toEqual([-10.89, 41.38, 41.38, 12, '203 Old Mill Road']);
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

  test.each([
    ['Price: 12,50', 'price', { type: 'number' }, 12.5],
    ['Price: 1,5', 'price', { type: 'number' }, 1.5],
    ['Discount: -50,00', 'discount', { type: 'number' }, -50],
    ['Weight: 1,234', 'weight', { type: 'number' }, 1234],
    ['Tax: $190.00', 'tax', { type: 'number' }, 190],
    ['Quantity: 12 pcs', 'quantity', { type: 'integer' }, 12],
    ['Season: 2019-20', 'season', { type: 'number' }, null],
    ['Order number: CS 24399', 'orderNumber', { type: 'integer' }, null],
    ['Due Date: 13.05.2024', 'due_date', { type: 'string', format: 'date' }, '2024-05-13'],
    ['Due Date: soon', 'due_date', { type: 'string', format: 'date' }, null],
    ['Started: yesterday', 'started', { type: 'string', format: 'date-time' }, null],
    ['Started: 2024-05-13T10:00:00Z', 'started', { type: 'string', format: 'date-time' }, '2024-05-13T10:00:00Z'],
    ['Source: foo', 'source', { type: 'string', format: 'uri' }, null],
    ['Source: www.example.com', 'source', { type: 'string', format: 'uri' }, 'https://www.example.com'],
    ['Blood group: A-', 'blood_group', { enum: ['A+', 'A-'] }, 'A-'],
  ])('reads %p as its leaf wants it', (print, name, schema, value) => {
    const found = extractByRules([{ number: 1, text: pageOfRows(print) }], { properties: { [name]: schema } });
    expect(found[name]!.value).toBe(value);
  });

  test('reads what stands level with its label likewise', () => {
    const text = pageOfRows('a line', ['Discount', '-50,00'], ['Tax', '$190.00'], ['Quantity', '12 pcs']);
    const found = extractByRules([{ number: 1, text }], {
      properties: { discount: { type: 'number' }, tax: { type: 'number' }, quantity: { type: 'integer' } },
    });
    expect(found).toMatchObject({ discount: { value: -50 }, tax: { value: 190 }, quantity: { value: 12 } });
    expect(Object.values(found).every(({ grounded }) => grounded)).toBe(true);
  });

  test('reads a number and a day that could be two as the rest of the document does', () => {
    const text = pageOfRows('Weight: 1,234', 'Length: 2,5', 'Due date: 03/04/2024', 'Delivered: 03/25/2024');
    const found = extractByRules([{ number: 1, text }], {
      properties: { weight: { type: 'number' }, due_date: { type: 'string', format: 'date' } },
    });
    expect(found).toMatchObject({ weight: { value: 1.234 }, due_date: { value: '2024-03-04' } });
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

  test.each(['Total Station Leica', 'Gesamtausgabe Goethe', 'Sum insured cover'])(
    '%p is an item, and no sum of the others',
    (name) => {
      const text = tableOf(['Item', 'Qty', 'Price'], [name, '1', '3.50'], ['Total (incl. GST)', '1', '3.50']);
      expect(extractByRules([{ number: 1, text }], ITEMS)).toMatchObject({ 'items.0.description': { value: name } });
      expect(extractByRules([{ number: 1, text }], ITEMS)).not.toHaveProperty(['items.1.description']);
    },
  );

  test('a cell over two rows belongs to both items', () => {
    const page = tableOf(['Date', 'Item', 'Price'], ['03/25/2024', 'Tea', '3.50'], ['', 'Cake', '4.00']);
    const [table] = page.tables!;
    const cells = table!.cells
      .filter(({ row, column }) => row !== 2 || column !== 0)
      .map((cell) => (cell.row === 1 && cell.column === 0 ? { ...cell, row_span: 2 } : cell));
    const found = extractByRules([{ number: 1, text: { ...page, tables: [{ ...table!, cells }] } }], DATED);
    expect([found['items.0.date']!.value, found['items.1.date']!.value]).toEqual(['2024-03-25', '2024-03-25']);
  });

  test('the days of a table are read in one order', () => {
    const text = tableOf(['Date', 'Item'], ['03/04/2024', 'Tea'], ['03/25/2024', 'Cake']);
    const found = extractByRules([{ number: 1, text }], DATED);
    expect([found['items.0.date']!.value, found['items.1.date']!.value]).toEqual(['2024-03-04', '2024-03-25']);
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

const ITEMS = listing({
  description: { type: 'string' },
  quantity: { type: 'integer' },
  price: { type: 'number' },
});
const DATED = listing({ date: { type: 'string', format: 'date' }, item: { type: 'string' } });

function listing(properties: Readonly<Record<string, Readonly<Record<string, string>>>>) {
  return { properties: { items: { type: 'array', items: { type: 'object', properties } } } };
}

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
