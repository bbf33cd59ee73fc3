import type { PageText } from '@docusnap/contracts';
import { describe, expect, test } from '@jest/globals';
import { box, LETTER_WIDTH, pageOf, pageOfRows } from '../test-pages.ts';
import { understandForm } from './form.ts';

const LINE = 'line' as const;
const form = (text: PageText) => understandForm([{ number: 1, text }], []);

describe('the blanks of a form', () => {
  test('have the labels to their left, back to another blank', () => {
    const page = {
      ...pageOf([
        { text: 'Surname', left: 20, top: 100 },
        { text: 'Given names', left: 500, top: 100 },
      ]),
      blanks: [
        { kind: LINE, quad: box(100, 95, 480, 120) },
        { kind: LINE, quad: box(620, 95, 900, 120) },
      ],
    };
    const { result, blanks } = form(page);
    expect(result.fields).toEqual(['Surname', 'Given names']);
    expect(blanks).toEqual([
      { label: 'Surname', page: 1, quad: box(100, 95, 480, 120) },
      { label: 'Given names', page: 1, quad: box(620, 95, 900, 120) },
    ]);
  });

  test('have the labels above them, or the caption below a line', () => {
    const page = {
      ...pageOf([
        { text: 'Date of birth', left: 20, top: 100 },
        { text: 'Signature of applicant', left: 500, top: 232 },
      ]),
      blanks: [
        { kind: 'box' as const, quad: box(20, 124, 300, 160) },
        { kind: LINE, quad: box(480, 200, 900, 230) },
      ],
    };
    expect(form(page).result.fields).toEqual(['Date of birth', 'Signature of applicant']);
  });

  test('are several where a line has several captions', () => {
    const page = {
      ...pageOf([
        { text: 'City', left: 60, top: 132 },
        { text: 'ZIP Code', left: 400, top: 132 },
        { text: 'Country', left: 700, top: 132 },
      ]),
      blanks: [{ kind: LINE, quad: box(20, 100, 900, 130) }],
    };
    const { result, blanks } = form(page);
    expect(result.fields).toEqual(['City', 'ZIP Code', 'Country']);
    expect(blanks.map(({ quad: [[left], [right]] }) => [left, right])).toEqual([
      [20, 400],
      [400, 700],
      [700, 900],
    ]);
  });

  test('have their labels behind them where those stand nearer', () => {
    const page = {
      ...pageOf([
        { text: 'Airline', left: 20, top: 100 },
        { text: 'Smoking', left: 305, top: 100 },
        { text: 'Non-smoking', left: 505, top: 100 },
      ]),
      blanks: [
        { kind: LINE, quad: box(240, 95, 300, 120) },
        { kind: LINE, quad: box(440, 95, 500, 120) },
      ],
    };
    expect(form(page).result.fields).toEqual(['Smoking', 'Non-smoking']);
  });

  test('may have a label of two rows', () => {
    const page = {
      ...pageOf([
        { text: 'Major airport', left: 20, top: 100 },
        { text: 'nearest your home', left: 20, top: 122 },
      ]),
      blanks: [{ kind: LINE, quad: box(200, 117, 600, 144) }],
    };
    expect(form(page).result.fields).toEqual(['Major airport nearest your home']);
  });

  test('that lie under each other with one label are one place', () => {
    const page = {
      ...pageOf([{ text: 'Address:', left: 20, top: 100 }]),
      blanks: [
        { kind: LINE, quad: box(120, 95, 900, 122) },
        { kind: LINE, quad: box(120, 130, 900, 157) },
      ],
    };
    const { result, blanks } = form(page);
    expect(result.fields).toEqual(['Address']);
    expect(blanks).toEqual([{ label: 'Address', page: 1, quad: box(120, 95, 900, 157) }]);
  });

  test('are labelled in Chinese, with spaces inside of the label', () => {
    const page = {
      ...pageOf([{ text: '姓 名：', left: 20, top: 100 }]),
      blanks: [{ kind: LINE, quad: box(90, 95, 400, 122) }],
    };
    expect(form(page).result.fields).toEqual(['姓名']);
  });

  test('of a page that nobody looked at for them are runs of underscores and labels with nothing behind', () => {
    const { result, blanks } = form(
      pageOfRows('REQUEST FORM', 'Name: ________ Phone: ________', 'E-mail:', ['City: Ghent', 'Country:']),
    );
    expect(result.fields).toEqual(['Name', 'Phone', 'E-mail', 'Country']);
    expect(result.kv).toEqual({ 'Form Type': 'REQUEST FORM', City: 'Ghent' });
    const [[left]] = blanks[0]!.quad;
    expect(left).toBeCloseTo(20 + 'Name: '.length * LETTER_WIDTH);
  });
});

describe('what a form has filled in', () => {
  test('is in kv, which always says the type of the form and shares no key with the fields', () => {
    const page = {
      ...pageOfRows('LEAVE APPLICATION FORM', 'Name: Anna Berg', 'Deputy', 'Name'),
      blanks: [{ kind: LINE, quad: box(80, 125, 400, 152) }],
    };
    const { result } = form(page);
    expect(result.fields).toEqual(['Name']);
    expect(result.kv).toEqual({ 'Form Type': 'LEAVE APPLICATION FORM', 'Name 2': 'Anna Berg' });
  });

  test('is not the print around a blank', () => {
    const page = {
      ...pageOfRows('APPLICATION FORM', 'Name:', 'Please use capitals'),
      blanks: [{ kind: LINE, quad: box(80, 65, 400, 92) }],
    };
    expect(form(page).result).toMatchObject({ fields: ['Name'], kv: { 'Form Type': 'APPLICATION FORM' } });
  });

  test('is what is ticked, under its question; what is not is asked for', () => {
    const page = {
      ...pageOf([
        { text: 'Sex:', left: 20, top: 100 },
        { text: 'male', left: 130, top: 100 },
        { text: 'female', left: 250, top: 100 },
        { text: 'Meal:', left: 20, top: 140 },
        { text: 'meat', left: 130, top: 140 },
        { text: 'fish', left: 250, top: 140 },
        { text: 'I have read the rules', left: 50, top: 180 },
      ]),
      checkboxes: [
        { quad: box(100, 100, 120, 120), checked: false, score: 0.9 },
        { quad: box(220, 100, 240, 120), checked: true, score: 0.9 },
        { quad: box(100, 140, 120, 160), checked: false, score: 0.9 },
        { quad: box(220, 140, 240, 160), checked: false, score: 0.9 },
        { quad: box(20, 180, 40, 200), checked: false, score: 0.9 },
      ],
    };
    const { result, fields, blanks } = form(page);
    expect(result.kv.Sex).toBe('female');
    expect(fields.Sex).toMatchObject({ grounded: true, evidence: [{ quote: 'female' }] });
    expect(result.fields).toEqual(['Meal', 'I have read the rules']);
    expect(blanks.map(({ label }) => label)).toEqual(['male', 'meat', 'fish', 'I have read the rules']);
    expect(blanks.map(({ question }) => question)).toEqual(['Sex', 'Meal', 'Meal', undefined]);
  });

  test('is no letter that looks like a ticked box', () => {
    const page = {
      ...pageOfRows('申请表', '出生日期：1983年6月8日'),
      checkboxes: [{ quad: box(42, 72, 60, 88), checked: true, score: 0.9 }],
    };
    expect(form(page).result.kv).toEqual({ 'Form Type': '申请表', 'Date of Birth': 'Jun 08, 1983' });
  });

  test('of a blank page is only a name for its type', () => {
    expect(form(pageOf([])).result).toMatchObject({ fields: [], kv: { 'Form Type': 'Untitled document' } });
  });
});
