import { describe, expect, test } from '@jest/globals';
import { box, pageOf, pageOfRows } from '../test-pages.ts';
import { understandDoc } from './doc.ts';
import { understandByRules } from './understand-by-rules.ts';

const INVOICE = {
  number: 1,
  text: pageOfRows(
    'INVOICE',
    'ACME TRADING LTD',
    'Tel: 020 7946 0321',
    ['Invoice No: CS 24399', 'Date: 17/01/2018'],
    'Due date: 31 January 2018',
    ['Paper', '28.00'],
    ['Subtotal', 'EUR 28.00'],
    ['Total', 'EUR 29.70'],
    'IBAN GB82 WEST 1234 5698 7654 32',
    'Mail: office@acme.example',
  ),
};
const LIBRARY = [
  {
    type: 'doc' as const,
    id: 'd1',
    title: 'Acme invoice',
    tags: ['invoice'],
    description: '',
    date: null,
    kv: { Company: 'Acme Trading Ltd.', IBAN: 'GB82WEST12345698765432' },
  },
  {
    type: 'form' as const,
    id: 'f1',
    title: 'Holiday',
    tags: ['leave'],
    description: '',
    date: null,
    kv: { Name: 'Anna' },
  },
];

describe('a document by rules', () => {
  const { result, fields } = understandDoc([INVOICE], LIBRARY);

  test('has its values under standard names, days written out and sums as numbers', () => {
    expect(result.kv).toMatchObject({
      Company: 'ACME TRADING LTD',
      'Invoice Number': 'CS 24399',
      Date: 'Jan 17, 2018',
      'Due Date': 'Jan 31, 2018',
      Total: '29.70',
      Subtotal: '28.00',
      Currency: 'EUR',
      'E-mail': 'office@acme.example',
      Phone: '020 7946 0321',
    });
    expect(result.kv.IBAN?.replaceAll(' ', '')).toBe('GB82WEST12345698765432');
  });

  test('proves every value', () => {
    expect(Object.keys(fields)).toEqual(Object.keys(result.kv));
    expect(Object.values(fields).every(({ grounded, evidence }) => grounded && evidence.length > 0)).toBe(true);
    expect(fields.Date).toMatchObject({ normalized: '2018-01-17', evidence: [{ quote: '17/01/2018', page: 1 }] });
  });

  test('has a title, up to four tags with its kind first, and a description that says what it is', () => {
    expect(result.title).toBe('INVOICE');
    expect(result.tags[0]).toBe('invoice');
    expect(result.tags.length).toBeLessThanOrEqual(4);
    expect(result.description).toContain('Invoice');
    expect(result.description).toContain('ACME TRADING LTD');
    expect(result.description).toContain('29.70 EUR');
  });

  test('is related to entries of the library that share values with it, and to no others', () => {
    expect(result.related).toEqual([{ type: 'doc', resource_id: 'd1' }]);
  });

  test('is related to five at most, the nearest first', () => {
    const many = Array.from({ length: 9 }, (_, at) => ({
      ...LIBRARY[0]!,
      id: `d${at}`,
      kv: at === 7 ? { ...LIBRARY[0]!.kv, no: 'CS 24399' } : LIBRARY[0]!.kv,
    }));
    const { related } = understandDoc([INVOICE], many).result;
    expect(related).toHaveLength(5);
    expect(related[0]).toEqual({ type: 'doc', resource_id: 'd7' });
  });

  test('of a blank page says nothing that is not there', () => {
    const blank = understandDoc([{ number: 1, text: pageOf([]) }], LIBRARY).result;
    expect(blank).toMatchObject({ title: 'Untitled document', tags: ['document'], kv: {}, related: [] });
  });

  test('that names two things alike keeps both, told apart by a number', () => {
    const { kv } = understandDoc(
      [{ number: 1, text: pageOfRows('Name: Anna Berg', 'Name: Emil Holm', 'Name: Anna Berg') }],
      [],
    ).result;
    expect(kv).toEqual({ Name: 'Anna Berg', 'Name 2': 'Emil Holm' });
  });

  test('is titled by its largest print, over two lines, and not by a paragraph', () => {
    const page = pageOf([
      { text: 'ANNUAL REPORT', left: 100, top: 60, size: 50 },
      { text: 'OF THE HARBOUR', left: 100, top: 120, size: 50 },
      { text: 'Ships came and went and the weather was fair for most of it', left: 100, top: 300 },
      { text: 'until the autumn when two of them were lost at sea', left: 100, top: 330 },
    ]);
    expect(understandDoc([{ number: 1, text: page }], []).result.title).toBe('ANNUAL REPORT OF THE HARBOUR');
  });
});

describe('bills in other languages', () => {
  const kv = (...rows: readonly (string | readonly string[])[]) =>
    understandDoc([{ number: 1, text: pageOfRows(...rows) }], []).result.kv;

  test('are read in Chinese', () => {
    const found = kv(
      '增值税电子普通发票',
      ['发票代码：011001900111', '发票号码：12345678'],
      '开票日期：2018年03月25日',
      '购买方名称：某某科技有限公司',
      '价税合计（大写）：壹佰元整 （小写）¥100.00',
      '收款人：李四 复核：王五',
    );
    expect(found).toEqual({
      'Invoice Code': '011001900111',
      'Invoice Number': '12345678',
      'Invoice Date': 'Mar 25, 2018',
      Customer: '某某科技有限公司',
      Total: '100.00',
      Currency: '¥',
      Cashier: '李四',
      复核: '王五',
    });
  });

  test('are read in German', () => {
    const found = kv(
      'Rechnung',
      'Muster GmbH',
      'Rechnungs-Nr. 2024-0017',
      'Rechnungsdatum: 1. März 2024',
      ['Zwischensumme', '1.000,00 €'],
      ['Gesamtbetrag', '1.190,00 €'],
      'Zahlbar bis: 15.03.2024',
      'BIC: COBADEFFXXX',
    );
    expect(found).toEqual({
      Company: 'Muster GmbH',
      'Invoice Number': '2024-0017',
      'Invoice Date': 'Mar 01, 2024',
      Subtotal: '1000.00',
      Total: '1190.00',
      Currency: 'EUR',
      'Due Date': 'Mar 15, 2024',
      BIC: 'COBADEFFXXX',
    });
  });

  test('are read in French', () => {
    const found = kv(
      'FACTURE',
      'Société Exemple SARL',
      'Facture n° 2024-12',
      'Date de facture : 14 juillet 2024',
      ['Total TTC', '120,00 €'],
      'Tél. : 01 23 45 67 89',
    );
    expect(found).toEqual({
      Company: 'Société Exemple SARL',
      'Invoice Number': '2024-12',
      'Invoice Date': 'Jul 14, 2024',
      Total: '120.00',
      Currency: 'EUR',
      Phone: '01 23 45 67 89',
    });
  });
});

describe('papers of a person', () => {
  test('a passport is known by its zone, whose values its own rows prove', () => {
    const page = pageOfRows(
      'PASSPORT',
      'P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<',
      'L898902C36UTO7408122F1204159ZE184226B<<<<<10',
    );
    const { result, fields } = understandDoc([{ number: 1, text: page }], []);
    expect(result.tags[0]).toBe('identity document');
    expect(result.kv).toMatchObject({
      'Surname (Latin)': 'ERIKSSON',
      'Given Names (Latin)': 'ANNA MARIA',
      'Passport Number': 'L898902C3',
      Nationality: 'UTO',
      Sex: 'F',
      'Date of Birth': 'Aug 12, 1974',
      'Valid Until': 'Apr 15, 2012',
    });
    expect(fields['Date of Birth']).toMatchObject({
      normalized: '1974-08-12',
      grounded: true,
      evidence: [{ lines: [2] }],
    });
  });

  test('a Chinese identity card is read without colons', () => {
    const page = pageOfRows(
      '姓 名 张三丰',
      '性别 男 民族 汉',
      '出生 1949年12月31日',
      '住址 北京市东城区',
      '景山前街四号',
      '公民身份号码 11010519491231002X',
    );
    const { result } = understandDoc([{ number: 1, text: page }], []);
    expect(result.kv).toEqual({
      Name: '张三丰',
      Sex: '男',
      'Ethnic Group': '汉',
      'Date of Birth': 'Dec 31, 1949',
      Address: '北京市东城区景山前街四号',
      'ID Number': '11010519491231002X',
    });
  });
});

describe('a request to the rules', () => {
  const request = { library: [], requireGrounding: false };

  test('without the form or the schema that its task needs is refused', () => {
    expect(() => understandByRules([], { ...request, task: 'fill' })).toThrow(
      expect.objectContaining({ code: 'invalid_options' }),
    );
    expect(() => understandByRules([], { ...request, task: 'extract' })).toThrow(
      expect.objectContaining({ code: 'invalid_options' }),
    );
  });

  test('says who answered, and that no tokens were used', () => {
    expect(understandByRules([INVOICE], { ...request, task: 'doc' })).toMatchObject({
      task: 'doc',
      engine: 'rules',
      model: null,
      usage: { prompt_tokens: 0, completion_tokens: 0 },
    });
  });

  test('to extract answers with the fields of the schema alone', () => {
    const schema = { type: 'object', properties: { total: { type: 'number' } } };
    expect(understandByRules([INVOICE], { ...request, task: 'extract', schema })).toMatchObject({
      result: null,
      fields: { total: { value: 29.7 } },
    });
  });

  test('to extract says which required fields were not found', () => {
    const schema = {
      properties: { total: { type: 'number' }, blood: { title: 'Blood type' } },
      required: ['total', 'blood'],
    };
    const { fields, problems } = understandByRules([INVOICE], {
      ...request,
      requireGrounding: true,
      task: 'extract',
      schema,
    });
    expect(fields.blood).toMatchObject({ value: null, grounded: false });
    expect(Object.keys(problems)).toEqual(['blood']);
  });

  test('for a form answers with its blanks', () => {
    const text = {
      ...pageOfRows('REGISTRATION FORM', 'Full name'),
      blanks: [{ kind: 'line' as const, quad: box(140, 65, 400, 92) }],
    };
    expect(understandByRules([{ number: 2, text }], { ...request, task: 'form' })).toMatchObject({
      result: { fields: ['Full name'], kv: { 'Form Type': 'REGISTRATION FORM' } },
      blanks: [{ label: 'Full name', page: 2 }],
    });
  });
});
