import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { rowsOf } from '../layout/rows.ts';
import { type Print, pageOf, pageOfRows } from '../test-pages.ts';
import { findKeyValues } from './key-values.ts';
import { labelOf, splitLabels } from './label-text.ts';
import { STANDARD_NAMES } from './standard-names.ts';
import { standardName } from './vocabulary.ts';

const pairsIn = (page: ReturnType<typeof pageOf>) =>
  findKeyValues(rowsOf(page, 1)).map(({ key, value }) => `${key}=${value}`);
const pairs = (...print: readonly (string | readonly string[])[]) => pairsIn(pageOfRows(...print));
const printed = (...prints: readonly Print[]) => pairsIn(pageOf(prints));

describe('labels in a line of print', () => {
  test('may be several, each with its own value', () => {
    expect(pairs('Date: 12/02/2018 Time: 14:31:00 Cashier: USER 2')).toEqual([
      'Date=12/02/2018',
      'Time=14:31:00',
      'Cashier=USER 2',
    ]);
    expect(pairs('姓名：张三 性别：男')).toEqual(['姓名=张三', '性别=男']);
  });

  test('begin behind what a number parts from them', () => {
    expect(pairs('Fri, 29-12-2017 Time: 20:17')).toEqual(['Time=20:17']);
    expect(pairs('2 No. Items: 4')).toEqual(['No. Items=4']);
  });

  test('are not sentences, addresses of the net, clocks or paths', () => {
    expect(pairs('He looked at the sea and then he said to her: nothing at all')).toEqual([]);
    expect(pairs('他看着大海，然后对她说：没有什么')).toEqual([]);
    expect(
      pairs(
        'mail me@here.example: now',
        'see https://example.com',
        'at 12:30',
        'https: //m.example.com/shop',
        'c:\\my\\file.doc',
      ),
    ).toEqual([]);
  });

  test('may be in Chinese, wide or in brackets, with a wide colon', () => {
    expect(pairs('姓 名：夏艳辰', ['出生日期:', '1983年6月8日'], '【净含量】220ml')).toEqual([
      '姓名=夏艳辰',
      '出生日期=1983年6月8日',
      '净含量=220ml',
    ]);
  });

  test('keep what belongs to them in brackets', () => {
    expect(pairs('PAGES (including cover sheet): 2')).toEqual(['PAGES (including cover sheet)=2']);
    expect(splitLabels('(GST Reg. No: 000465809408)')).toEqual([{ key: 'GST Reg. No', value: '000465809408' }]);
  });

  test('are what is left of a text without marks and numbering, or none', () => {
    expect(labelOf('* 3. Full name:')).toBe('Full name');
    expect(labelOf('一、')).toBeNull();
    expect(labelOf('12-34')).toBeNull();
  });
});

describe('values', () => {
  test('end where a wide gap or another block of print begins', () => {
    expect(
      printed(
        { text: 'Price:', left: 20, top: 40 },
        { text: '50.86', left: 100, top: 40 },
        { text: 'JNJ announced this morning the', left: 400, top: 40 },
      ),
    ).toEqual(['Price=50.86']);
  });

  test('keep a currency that stands apart from its sum', () => {
    const page = pageOf([{ text: `Cash: RM${' '.repeat(12)}12.60`, left: 20, top: 40 }]);
    expect(pairsIn(page)).toEqual(['Cash=RM 12.60']);
    expect(pairs(['Cash: RM', '12.60'])).toEqual(['Cash=RM 12.60']);
    expect(pairs(['Sex: M', '12.05.1990'])).toEqual(['Sex=M']);
  });

  test('go on in the next row under their own left edge', () => {
    expect(
      printed(
        { text: 'Address:', left: 20, top: 40 },
        { text: '666 Fifth Avenue, 3rd floor', left: 200, top: 40 },
        { text: 'New York, NY 10019', left: 200, top: 68 },
        { text: 'Phone: 212 841 8787', left: 20, top: 96 },
      ),
    ).toEqual(['Address=666 Fifth Avenue, 3rd floor New York, NY 10019', 'Phone=212 841 8787']);
  });

  test('go on at the edge of their label where a long line is full', () => {
    expect(
      printed(
        { text: '特点：高、占地面积大、体积大、使用石料多、石块贴合紧密、设计十分', left: 20, top: 40 },
        { text: '巧妙。', left: 20, top: 68 },
        { text: '评价：很好', left: 20, top: 96 },
      ),
    ).toEqual(['特点=高、占地面积大、体积大、使用石料多、石块贴合紧密、设计十分巧妙。', '评价=很好']);
    expect(
      printed({ text: 'Invoice No: CS 24399', left: 20, top: 40 }, { text: 'ACME TRADING', left: 20, top: 68 }),
    ).toEqual(['Invoice No=CS 24399']);
  });

  test('of a label for numbers need no colon', () => {
    expect(
      pairs('Facture n° 2024-12', 'Receipt No CS 24399', 'INVOICE No.2024-01873', 'House No 12 has a garden'),
    ).toEqual(['Facture n°=2024-12', 'Receipt No=CS 24399', 'INVOICE No.=2024-01873']);
  });

  test('stand below a label only where they begin at its left edge', () => {
    expect(printed({ text: 'Name:', left: 20, top: 40 }, { text: 'Anna Berg', left: 20, top: 70 })).toEqual([
      'Name=Anna Berg',
    ]);
    expect(printed({ text: 'Name:', left: 20, top: 40 }, { text: 'Anna Berg', left: 500, top: 70 })).toEqual([]);
  });

  test('are no labels, no headings of columns and no instructions', () => {
    expect(pairs(['Ship to:', 'Customer shipping number'])).toEqual([]);
    expect(pairs(['Airline:', '(CHECK ONE)'])).toEqual([]);
    expect(pairs(['Date:', 'Item Qty Price Amount'])).toEqual([]);
    expect(pairs('First:', 'Second: 2')).toEqual(['Second=2']);
  });

  test('of numbers and days have digits', () => {
    expect(pairs(['Date:', 'Quality assurance'])).toEqual([]);
    expect(pairs(['Date:', '31 May 2018'])).toEqual(['Date=31 May 2018']);
  });

  test('without a colon are those of a known label, or begin with a digit', () => {
    expect(pairs(['Surname', 'Berg'], ['Clark Gas', '142'], ['Left column', 'right column of text'])).toEqual([
      'Surname=Berg',
      'Clark Gas=142',
    ]);
  });

  test('of columns of running text are none', () => {
    expect(
      pairs(
        ['dures of value for interviewing', 'tor should be avoided in any event'],
        ['under voluntary conditions', 'for persons who chose to leave'],
      ),
    ).toEqual([]);
  });
});

describe('the vocabulary', () => {
  test('knows each standard name by each of its labels, whatever the case and marks', () => {
    for (const name of Object.keys(STANDARD_NAMES))
      expect([name, standardName(`${name.toUpperCase()} *:`)]).toEqual([name, name]);
    expect(['Geburtsdatum', 'date de naissance', '出生日期', 'D.O.B.'].map(standardName)).toEqual(
      Array(4).fill('Date of Birth'),
    );
    expect(['Invoice #', 'Inv. No.', 'Rechnungs-Nr.', '发票号码'].map(standardName)).toEqual(
      Array(4).fill('Invoice Number'),
    );
  });

  test('reads over remarks, but not over those that make another label', () => {
    expect(standardName('Name (as in passport)')).toBe('Name');
    expect(standardName('Total (excluding GST)')).toBeUndefined();
    expect(standardName('Name of my cat')).toBeUndefined();
  });
});

test('any label and value around a colon are read back', () => {
  const word = fc.stringMatching(/^[A-Z][a-z]{3,8}$/);
  fc.assert(
    fc.property(
      fc.array(word, { minLength: 1, maxLength: 3 }),
      fc.integer({ min: 1000, max: 9999999 }),
      (words, number) => {
        expect(pairs(`${words.join(' ')}: ${number}`)).toEqual([`${words.join(' ')}=${number}`]);
      },
    ),
  );
});
