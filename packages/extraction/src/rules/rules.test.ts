import { describe, expect, test } from '@jest/globals';
import { rowsOf } from '../layout/rows.ts';
import { pageOf, pageOfRows } from '../test-pages.ts';
import { findAddresses } from './address.ts';
import { findCompanies } from './company.ts';
import { findField, likeness } from './concepts.ts';
import { findIssueDates } from './issued.ts';
import { findKeyValues } from './key-values.ts';
import { says } from './labels.ts';
import { findTotals } from './total.ts';

const rows = (...print: readonly (string | readonly string[])[]) => rowsOf(pageOfRows(...print), 1);

describe('labels', () => {
  test('are found through a misread letter, short ones only as words', () => {
    expect(says('SubTotai:', ['subtotal'])).toBe(true);
    expect(says('Rounding Adj', ['rounding'])).toBe(true);
    expect(says('COST', ['co'])).toBe(false);
    expect(says('TRADING CO.', ['co'])).toBe(true);
    expect(says('应付 12.00', ['应付'])).toBe(true);
  });
});

describe('the total', () => {
  const total = (...print: readonly (string | readonly string[])[]) => findTotals(rows(...print))[0]?.normalized;

  test('goes before subtotal, tax, what was paid and what came back', () => {
    expect(
      total(
        ['Tea', '3.00'],
        ['Subtotal', '28.00'],
        ['GST 6%', '1.68'],
        ['TOTAL', '29.68'],
        ['CASH', '50.00'],
        ['CHANGE', '20.32'],
      ),
    ).toBe('29.68');
  });

  test('is what was paid less what came back, of several that could be it', () => {
    expect(
      total(['SUBTOTAL (QTY 4)', '41.43'], ['SUBTOTAL (QTY 4)', '41.45'], ['CASH', '51.50'], ['CHANGE', '10.05']),
    ).toBe('41.45');
  });

  test('is not the one of a tax summary', () => {
    expect(total(['Total Incl. GST', '63.60'], 'GST Summary', ['Total', '60.00'])).toBe('63.60');
  });

  test('has its label in the row below where print is uneven', () => {
    const page = pageOf([
      { text: '7.00', left: 600, top: 100 },
      { text: '7.40', left: 600, top: 140, size: 40 },
      { text: 'NET TOTAL', left: 20, top: 172 },
      { text: 'CASH', left: 20, top: 220 },
    ]);
    expect(findTotals(rowsOf(page, 1))[0]?.normalized).toBe('7.40');
  });

  test('is told from tax and net by the words of other languages', () => {
    expect(total(['Total TTC', '120,00'], ['Total TVA', '20,00'], ['Total HT', '100,00'])).toBe('120.00');
    expect(total(['Netto', '100,00'], ['Umsatzsteuer 19%', '19,00'], ['Rechnungsbetrag', '119,00'])).toBe('119.00');
    expect(total(['Gesamt netto', '100,00'], ['MwSt', '19,00'], ['Gesamt brutto', '119,00'])).toBe('119.00');
    expect(total(['Net à payer', '120,00'], ['Total HT', '100,00'])).toBe('120.00');
    expect(total(['Base imponible', '100,00'], ['IVA 21%', '21,00'], ['Total', '121,00'])).toBe('121.00');
  });

  test('is that of nothing else', () => {
    expect(total(['Total', '770.00'], ['Total km', '12.50'])).toBe('770.00');
    expect(total(['Total EUR', '770.00'], ['Total nights', '12.50'])).toBe('770.00');
  });

  test('of a page without sums is nothing', () => {
    expect(findTotals(rows('THANK YOU', 'No. of items 4'))).toEqual([]);
  });
});

describe('the date of issue', () => {
  const date = (...print: readonly (string | readonly string[])[]) => findIssueDates(rows(...print))[0]?.normalized;

  test('is the labelled one, not an expiry', () => {
    expect(date('Expiry: 01/02/2030', 'Shop', 'Date: 17/1/2018 12:12')).toBe('2018-01-17');
  });

  test('is read with the day first unless the document says otherwise', () => {
    expect(date('Date 03/04/2018')).toBe('2018-04-03');
    expect(date('Springfield, IL 62704', 'Date 03/04/2018')).toBe('2018-03-04');
    expect(date('Date 03/04/2018', 'due 04/25/2018')).toBe('2018-03-04');
    expect(date('Invoice CS 24399', 'Date 03/04/2018')).toBe('2018-04-03');
  });
});

describe('the company', () => {
  const company = (...print: readonly (string | readonly string[])[]) => findCompanies(rows(...print))[0]?.text;

  test('is the name in the head, without its registration number', () => {
    expect(company('TAX INVOICE', 'SAM SAM TRADING CO (742016-W)', '67, JLN MEWAH', 'TEL: 03-51213881')).toBe(
      'SAM SAM TRADING CO',
    );
  });

  test('goes on in the next row where that holds nothing but its legal form', () => {
    expect(company('PETRO ENTERPRISE', 'SDN BHD', 'Lot 5')).toBe('PETRO ENTERPRISE SDN BHD');
  });

  test('is what stands behind its label, and not who buys', () => {
    expect(company('购买方：某某科技有限公司', '销售方名称：南山商店')).toBe('南山商店');
    expect(company('Rechnung', 'Kunde: Beispiel AG & Co', 'Muster Druckerei')).toBe('Muster Druckerei');
    expect(company('CORPORATION', 'Lorillard Trading')).toBe('Lorillard Trading');
  });

  test('is not a courtesy, a number or an address', () => {
    expect(company('31802013', 'Thank you. Please come again.', 'Sweet Forest Cafe', 'No 21, Jln Bunga')).toBe(
      'Sweet Forest Cafe',
    );
  });
});

describe('labels and their values', () => {
  const pairs = (...print: readonly (string | readonly string[])[]) =>
    findKeyValues(rows(...print)).map(({ key, value }) => `${key}=${value}`);

  test('stand around a colon, in one piece or two', () => {
    expect(pairs('Invoice No.: CS 24399', ['Date:', '12/02/2018'], ['Cashier', ': USER'])).toEqual([
      'Invoice No=CS 24399',
      'Date=12/02/2018',
      'Cashier=USER',
    ]);
  });

  test('stand one over the other', () => {
    expect(pairs('Name:', 'Anna Maria')).toEqual(['Name=Anna Maria']);
  });

  test('stand alone in a row', () => {
    expect(pairs(['Discount', '0.00'])).toEqual(['Discount=0.00']);
    expect(pairs(['2 items', '0.00'])).toEqual([]);
  });

  test('are not a clock or a link', () => {
    expect(pairs('24 Mar 18 09:58 PM', 'see https://example.com')).toEqual([]);
  });
});

describe('the address', () => {
  const address = (...print: readonly (string | readonly string[])[]) => findAddresses(rows(...print))[0]?.text;

  test('goes from its street to its postcode, over rows that say neither', () => {
    expect(
      address(
        'GARDEN BAKERIES SDN BHD (139386 X)',
        'No 19, Jalan Temenggung',
        'Bandar Mahkota',
        '43200 Selangor',
        'Tel: 03-6258 7191',
      ),
    ).toBe('No 19, Jalan Temenggung Bandar Mahkota 43200 Selangor');
  });

  test('is no list of goods, and no name with a number behind it', () => {
    expect(address('ACME LTD (139386)', '22241 SCISSORS 18.00', '64542 TWEEZER 17.90')).toBeUndefined();
  });
});

describe('a field', () => {
  test('is what its name asks for, else what the label says that is most like it', () => {
    const page = rows('ACME LTD', 'Invoice No.: CS 24399', 'Mail a@b.example', ['TOTAL', '29.70']);
    expect(findField(page, 'total')[0]?.normalized).toBe('29.70');
    expect(findField(page, 'invoiceNumber')[0]?.text).toBe('CS 24399');
    expect(findField(page, 'E-mail')[0]?.text).toBe('a@b.example');
    expect(findField(page, 'blood type')).toEqual([]);
  });

  test('likeness is 1 for the same label and 0 for one that shares no two letters', () => {
    expect(likeness('Invoice No.', 'invoice number')).toBe(1);
    expect(likeness('abc', 'xyz')).toBe(0);
  });
});
