import { describe, expect, test } from '@jest/globals';
import { rowsOf } from '../layout/rows.ts';
import { pageOfRows } from '../test-pages.ts';
import { classify, DEFAULT_KINDS } from './classify.ts';

const kind = (title: string, ...print: readonly (string | readonly string[])[]) =>
  classify(rowsOf(pageOfRows(title, ...print), 1), { title, places: 0 });

describe('the kind of a document', () => {
  test.each([
    ['invoice', ['INVOICE', 'Invoice No: 7', 'Bill to: Acme', 'Amount due 10.00']],
    ['invoice', ['Rechnung', 'Rechnungsnummer: 2024-17', 'Rechnungsdatum: 01.02.2024', 'Gesamtbetrag 10,00 €']],
    ['invoice', ['FACTURE', 'Facture n° 12', 'Net à payer 10,00 €', 'TVA 20 %']],
    ['invoice', ['增值税发票', '发票号码：01234567', '购买方：某公司', '价税合计 100.00']],
    [
      'receipt',
      ['Sweet Cafe', 'Cashier: Ann', 'TOTAL 7.00', 'CASH 10.00', 'CHANGE 3.00', 'Thank you, please come again'],
    ],
    ['receipt', ['超市小票', '收银员：01', '现金 10.00', '找零 3.00']],
    ['letter', ['Dear Sir,', 'I write about the matter of last week.', 'Yours sincerely,']],
    ['letter', ['Sehr geehrte Damen und Herren,', 'anbei die Unterlagen.', 'Mit freundlichen Grüßen']],
    ['contract', ['服务合同', '甲方：某公司', '乙方：张三', '违约责任']],
    ['contract', ['LEASE AGREEMENT', 'WHEREAS the parties hereby agree', 'Governing law']],
    ['identity document', ['Personalausweis', 'Staatsangehörigkeit: deutsch', 'gültig bis 01.02.2030']],
    ['bank statement', ['Statement of account', 'Opening balance 10.00', 'Closing balance 20.00']],
    ['form', ['Anmeldeformular', 'Bitte ankreuzen', 'Vorname', 'Nachname', 'Unterschrift']],
    ['article', ['On tides', 'Abstract', 'Keywords: sea', 'References', 'Journal of Tides']],
    ['report', ['Annual report', 'Executive summary', 'Findings of the fiscal year']],
    ['other', ['zzz', 'qqq 12']],
  ])('is %p by its words', (expected, [title = '', ...print]) => {
    expect(kind(title, ...print).label).toBe(expected);
  });

  test('is one of the default kinds, with confidences that sum to one', () => {
    const { label, confidence, candidates } = kind('INVOICE', 'Invoice No: 7');
    expect(candidates.map((one) => one.label).toSorted((a, b) => a.localeCompare(b))).toEqual(
      [...DEFAULT_KINDS].toSorted((a, b) => a.localeCompare(b)),
    );
    expect(candidates[0]).toEqual({ label, confidence });
    expect(candidates.reduce((sum, one) => sum + one.confidence, 0)).toBeCloseTo(1, 1);
  });

  test('is a form where there are places to fill', () => {
    expect(classify(rowsOf(pageOfRows('Name', 'Address'), 1), { title: '', places: 9 }).label).toBe('form');
  });

  test('is found among the labels of a caller, by their words or by a kind they name', () => {
    const rows = rowsOf(pageOfRows('Rental contract for skis', 'Rechnungsnummer: 12', 'Rechnung'), 1);
    const labels = ['ski rental', 'boat licence', 'fishing permit'];
    expect(classify(rows, { title: 'Rental contract for skis', places: 0 }, labels)).toMatchObject({
      label: 'ski rental',
    });
    expect(classify(rows, { title: '', places: 0 }, ['bill', 'passport']).label).toBe('bill');
  });

  test('is unsure where nothing speaks for any label', () => {
    const { confidence, candidates } = classify(rowsOf(pageOfRows('zzz'), 1), { title: '', places: 0 }, [
      'a tale',
      'a song',
    ]);
    expect(confidence).toBe(0.5);
    expect(candidates).toHaveLength(2);
  });
});
