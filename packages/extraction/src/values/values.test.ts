import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { findAmounts, sameAmount } from './amounts.ts';
import { findDates } from './dates.ts';
import { findIdentifiers, isChineseId, isIban } from './identifiers.ts';
import { findMrz } from './mrz.ts';
import { lettersOf, normalise } from './normalise.ts';
import { decimalMarkOf, findNumbers, leadingNumber } from './numbers.ts';

describe('amounts', () => {
  const values = (text: string): string[] => findAmounts(text).map(({ value }) => value);

  test.each([
    ['TOTAL RM 29.70', ['29.70']],
    ['Grand Total 1,234.50 USD', ['1234.50']],
    ['Summe 1.234,50 €', ['1234.50']],
    ['PWP LESS -2.37', ['-2.37']],
    ['RM 14-10', ['14.10']],
    ['6. 90', ['6.90']],
    ['30·30', ['30.30']],
    ['RMO.02', ['0.02']],
    ['2 x 5.20 10.40', ['5.20', '10.40']],
    ['RM 45', ['45']],
    ['合计100.00元整', ['100.00']],
    ['共3件，应付45元', ['45']],
    ['￥1,280.00', ['1280.00']],
    ['Betrag 45 €', ['45']],
    ['Kaffee - 3.50', ['3.50']],
    ['10.00 - 12.50', ['10.00', '12.50']],
    ['2 x (12.50 each)', ['12.50']],
    ['Rabatt (12.50)', ['-12.50']],
    ['Gutschrift 12,50-', ['-12.50']],
    ['Rabatt -€5.00', ['-5.00']],
    ['Rabatt €-5,00', ['-5.00']],
    ['1 234,56 €', ['1234.56']],
    ['1\u00a0234,56 €', ['1234.56']],
    ['1\u202f234\u202f567,89', ['1234567.89']],
    ['CHF 1’234.50', ['1234.50']],
    ["CHF 1'234.50", ['1234.50']],
    ['₹ 1,23,456.00', ['123456.00']],
    ['€ 1.234', ['1234']],
    ['1.234 EUR', ['1234']],
    ['1 234 €', ['1234']],
    ['2\t500,00', ['500.00']],
    ['CHF 1 234', ['1234']],
    ['$7 250 ml', ['7']],
  ])('%p holds %p', (text, expected) => {
    expect(values(text)).toEqual(expected);
  });

  test.each([
    'GST 6.00%',
    '12:36:11',
    '29-12-2017',
    '05.22.95.66.66',
    'Invoice 000145047552',
    'Qty 4',
    '1.2.3',
    '2019-20',
    '12-34',
    '$10-12',
  ])('%p holds none', (text) => {
    expect(values(text)).toEqual([]);
  });

  test('says the currency where a sign or a code does', () => {
    expect(findAmounts('RM 7.10 and 8.20 and €9.30').map(({ currency }) => currency)).toEqual(['MYR', null, 'EUR']);
  });

  test('any sum with two decimals is read back, and points at itself', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 99_999_999 }), (cents) => {
        const [whole, rest] = [Math.floor(cents / 100), String(cents % 100).padStart(2, '0')];
        const text = `Total: ${whole.toLocaleString('en-US')}.${rest} due`;
        const [found] = findAmounts(text);
        expect(sameAmount(found!.value, `${whole}.${rest}`)).toBe(true);
        expect(text.slice(found!.start, found!.end).trim()).toBe(`${whole.toLocaleString('en-US')}.${rest}`);
      }),
    );
  });
});

describe('numbers', () => {
  test.each([
    ['1,234', [1234, 1.234]],
    ['1.234,5', [1234.5]],
    ['1,234,567', [1234567]],
    ['about -12.5', [-12.5]],
    ['192.168.10.12', []],
  ])('%p may mean %p', (text, readings) => {
    expect(findNumbers(text)[0]?.readings).toEqual(readings);
  });

  test('the first of a text is read in its document’s mark', () => {
    expect(['12 pcs', '$190.00', '1,5', '1,234', '-50,00'].map((text) => leadingNumber(text, '.'))).toEqual([
      12, 190, 1.5, 1234, -50,
    ]);
    expect(leadingNumber('1,234 kg', ',')).toBe(1.234);
    expect(leadingNumber('none of the 12', '.')).toBeUndefined();
  });

  test('the mark of a document is the one before most of its decimals', () => {
    expect(decimalMarkOf(['12,50', '1.234,00', 'at 3.5'])).toBe(',');
    expect(decimalMarkOf(['1,234.00', '7'])).toBe('.');
  });
});

describe('dates', () => {
  const value = (text: string, dayFirst = true): string | undefined => findDates(text, { dayFirst })[0]?.value;

  test.each([
    ['29-12-2017', '2017-12-29'],
    ['26/02/18 08:28', '2018-02-26'],
    ['29 Mar 2018 18:19', '2018-03-29'],
    ['02/JAN/2017', '2017-01-02'],
    ['March 5, 2018', '2018-03-05'],
    ['15 JUN 18', '2018-06-15'],
    ['2018-03-25T10:00', '2018-03-25'],
    ['2018年3月25日', '2018-03-25'],
    ['25032018 13:11:54', '2018-03-25'],
    ['17/01/20184 2153', '2018-01-17'],
    ['1st of May, 1999', '1999-05-01'],
    ['5.11.98', '1998-11-05'],
    ['开票日期：2018年 3月25日', '2018-03-25'],
    ['Berlin, 1. März 2018', '2018-03-01'],
    ['24. Dezember 2018', '2018-12-24'],
    ['le 1er août 2018', '2018-08-01'],
    ['14 juillet 2018', '2018-07-14'],
    ['3 de mayo de 2018', '2018-05-03'],
  ])('%p is %p', (text, expected) => {
    expect(value(text)).toBe(expected);
  });

  test('the order of day and month is the caller’s where both are possible, and said to be a guess', () => {
    expect(value('03/04/2018')).toBe('2018-04-03');
    expect(value('03/04/2018', false)).toBe('2018-03-04');
    expect(findDates('03/04/2018', { dayFirst: true })[0]?.order).toBe('guessed');
    expect(findDates('13/04/2018', { dayFirst: false })[0]).toMatchObject({ value: '2018-04-13', order: 'fixed' });
  });

  test.each(['31/02/2018', '45/45/2018', '1.2.3.4', '192.168.10.12', '00/00/0000', '25032018', 'Mayor 12'])(
    '%p is no date',
    (text) => {
      expect(value(text)).toBeUndefined();
    },
  );

  test('every day of the calendar is read back from its usual forms', () => {
    fc.assert(
      fc.property(
        fc.date({ min: new Date('1950-01-01'), max: new Date('2049-12-31'), noInvalidDate: true }),
        (date) => {
          const iso = date.toISOString().slice(0, 10);
          const [year, month, day] = iso.split('-') as [string, string, string];
          for (const form of [
            iso,
            `${day}/${month}/${year}`,
            `${day}-${month}-${year.slice(2)}`,
            `${year}年${Number(month)}月${Number(day)}日`,
          ])
            expect(value(`on ${form} at`)).toBe(iso);
        },
      ),
    );
  });
});

describe('identifiers', () => {
  test('an e-mail address, a link and a telephone number are found where they stand', () => {
    const text = 'Tel +60 3-7845 6155 mail Info@Example.com see www.example.com/a.';
    expect(findIdentifiers(text).map(({ kind, value }) => [kind, value])).toEqual([
      ['phone', '+60378456155'],
      ['email', 'info@example.com'],
      ['url', 'www.example.com/a'],
    ]);
  });

  test('an IBAN counts only with its checksum', () => {
    expect(isIban('DE89370400440532013000')).toBe(true);
    expect(isIban('DE88370400440532013000')).toBe(false);
    expect(findIdentifiers('IBAN GB82 WEST 1234 5698 7654 32').map(({ value }) => value)).toEqual([
      'GB82WEST12345698765432',
    ]);
    expect(findIdentifiers('IBAN GB83 WEST 1234 5698 7654 32').some(({ kind }) => kind === 'iban')).toBe(false);
  });

  test('a Chinese identity number counts only with its check digit', () => {
    expect(isChineseId('11010519491231002X')).toBe(true);
    expect(isChineseId('110105194912310021')).toBe(false);
  });
});

describe('machine-readable zones', () => {
  // The specimens of ICAO 9303.
  test('a passport (TD3) is read', () => {
    expect(
      findMrz([
        'some print',
        'P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<',
        'L898902C36UTO7408122F1204159ZE184226B<<<<<10',
      ]),
    ).toEqual({
      format: 'TD3',
      documentCode: 'P',
      issuer: 'UTO',
      surname: 'ERIKSSON',
      givenNames: 'ANNA MARIA',
      number: 'L898902C3',
      nationality: 'UTO',
      birth: '740812',
      sex: 'F',
      expiry: '120415',
    });
  });

  test('a card (TD1) and a document of two short rows (TD2) are read', () => {
    expect(
      findMrz(['I<UTOD231458907<<<<<<<<<<<<<<<', '7408122F1204159UTO<<<<<<<<<<<6', 'ERIKSSON<<ANNA<MARIA<<<<<<<<<<']),
    ).toMatchObject({ format: 'TD1', number: 'D23145890', nationality: 'UTO', surname: 'ERIKSSON' });
    expect(findMrz(['I<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<', 'D231458907UTO7408122F1204159<<<<<<<6'])).toMatchObject({
      format: 'TD2',
      number: 'D23145890',
      expiry: '120415',
    });
  });

  test('a wrong check digit means that there is none', () => {
    expect(
      findMrz(['P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<', 'L898902C37UTO7408122F1204159ZE184226B<<<<<10']),
    ).toBeUndefined();
  });
});

test('a row of 20,000 numbers is no sum, and takes no time in proportion to its square', () => {
  expect(findAmounts('123 '.repeat(20_000))).toEqual([]);
});

describe('normalised text', () => {
  test('keeps letters and digits, and where they came from', () => {
    const { text, from } = normalise('Ａ-b  №1!');
    expect(text).toBe('abno1');
    expect(from).toEqual([0, 2, 5, 5, 6]);
  });

  test('folds no fraction and no power of a number into digits', () => {
    expect(normalise('½ 10² m² ①').text).toBe('½10²m21');
  });

  test('two writings of one word are the same', () => {
    expect(lettersOf('Ｃａｆé')).toBe(lettersOf('CAFÉ'));
  });
});
