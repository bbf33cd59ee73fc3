import { AppError, Understanding } from '@docusnap/contracts';
import { describe, expect, test } from '@jest/globals';
import { scriptedModel } from './model/scripted-model.ts';
import { pageOf } from './test-pages.ts';
import { BILL, DOC_ANSWER, INVOICE, PASSPORT, page, request } from './test-requests.ts';
import { understand } from './understand.ts';

describe('without a model', () => {
  test('rules do the work and say so', async () => {
    const understood = await understand([INVOICE], request({ task: 'doc' }), { model: null });
    expect(understood).toMatchObject({
      engine: 'rules',
      model: null,
      usage: { prompt_tokens: 0, completion_tokens: 0 },
    });
    expect((understood.result as { kv: object }).kv).toMatchObject({ Total: '7.50' });
  });

  test('pages without print are not asked about: a model would only invent', async () => {
    const model = scriptedModel(() => DOC_ANSWER);
    expect(await understand([{ number: 1, text: pageOf([]) }], request({ task: 'doc' }), { model })).toMatchObject({
      engine: 'rules',
    });
    const schema = { type: 'object', properties: { a: {}, list: { type: 'array', items: {} } } };
    const extracted = await understand([{ number: 1, text: pageOf([]) }], request({ task: 'extract', schema }), {
      model,
    });
    expect(extracted.fields).toEqual({
      a: { value: null, normalized: null, confidence: 0, grounded: false, evidence: [] },
    });
    expect(model.questions).toEqual([]);
  });
});

describe('doc', () => {
  test('has the shape of the protocol, with evidence from the page for each value and tokens counted', async () => {
    const model = scriptedModel(() => DOC_ANSWER);
    const understood = await understand([INVOICE], request({ task: 'doc' }), { model });
    expect(Understanding.parse(understood)).toEqual(understood);
    expect(understood).toMatchObject({ task: 'doc', engine: 'model', model: 'scripted', problems: {}, blanks: [] });
    expect(understood.result).toEqual({
      ...DOC_ANSWER,
      kv: { 'Invoice Number': 'A-1017', 'Invoice Date': 'Dec 29, 2017', Total: '7.50' },
    });
    expect(understood.fields).toMatchObject({
      'Invoice Number': { value: 'A-1017', grounded: true, evidence: [{ quote: 'A-1017', match: 'exact' }] },
      'Invoice Date': {
        normalized: '2017-12-29',
        grounded: true,
        evidence: [{ quote: '29/12/2017', match: 'normalized' }],
      },
      Total: { normalized: '7.50', grounded: true, evidence: [{ quote: 'RM 7.50' }] },
    });
    expect(understood.usage.prompt_tokens).toBeGreaterThan(300);
  });

  test('nested values become flat, more than four tags and unknown resources go, and what no page says is not grounded', async () => {
    const model = scriptedModel(() => ({
      ...DOC_ANSWER,
      tags: ['a', 'b', 'c', 'd', 'e'],
      kv: { Seller: { Name: 'ACME TRADING LTD', Phone: '0123456789' }, Items: ['Green Tea', 'Black Tea'] },
      related: [2, 7, 2, 'x', 1],
    }));
    const understood = await understand([INVOICE], request({ task: 'doc', library: [PASSPORT, BILL] }), { model });
    expect(understood.result).toMatchObject({
      tags: ['a', 'b', 'c', 'd'],
      kv: {
        'Seller.Name': 'ACME TRADING LTD',
        'Seller.Phone': '0123456789',
        'Items.1': 'Green Tea',
        'Items.2': 'Black Tea',
      },
      related: [
        { type: 'doc', resource_id: 'b1' },
        { type: 'doc', resource_id: 'p1' },
      ],
    });
    expect(understood.fields['Seller.Phone']).toEqual({
      value: '0123456789',
      normalized: null,
      confidence: 0,
      grounded: false,
      evidence: [],
    });
    const strict = await understand([INVOICE], request({ task: 'doc', requireGrounding: true }), { model });
    expect(Object.keys(strict.fields)).toEqual(['Seller.Name', 'Items.1', 'Items.2']);
    expect(Object.keys((strict.result as { kv: object }).kv)).toEqual(Object.keys(strict.fields));
  });

  test('resources are shown by numbers, without their ids and values', async () => {
    const model = scriptedModel(() => DOC_ANSWER);
    await understand([INVOICE], request({ task: 'doc', library: [PASSPORT, BILL] }), { model });
    expect(model.told[0]).toContain('| doc: ACME invoice');
    expect(model.told[0]).not.toMatch(/\bb1\b|X1234567/);
  });
});

describe('form', () => {
  const FORM = page('REGISTRATION FORM', ['Name:', 'Ann Lee'], 'Date of birth', 'Phone');
  const blank = (top: number) => ({
    kind: 'line' as const,
    quad: [
      [320, top],
      [600, top],
      [600, top + 20],
      [320, top + 20],
    ] as [[number, number], [number, number], [number, number], [number, number]],
  });
  const pages = [{ number: 1, text: { ...FORM.text, blanks: [blank(100), blank(130)] } }];
  const answer = {
    form_type: 'registration form',
    title: 'Registration',
    tags: [],
    description: 'A form.',
    fields: ['Date of birth', 'Phone', 'Shoe size', 'Name'],
    kv: [
      { key: 'Name', value: 'Ann Lee' },
      { key: 'Phone', value: '555 1234' },
    ],
    related: [],
  };

  test('blanks and what is filled share no key, labels stand on the page, and the kind of form is among the values', async () => {
    const understood = await understand(pages, request({ task: 'form' }), { model: scriptedModel(() => answer) });
    expect(Understanding.parse(understood)).toEqual(understood);
    expect(understood.result).toEqual({
      title: 'Registration',
      tags: ['form'],
      description: 'A form.',
      // The telephone number stands nowhere: the blank is open.
      fields: ['Date of birth', 'Phone'],
      kv: { 'Form Type': 'registration form', Name: 'Ann Lee' },
      related: [],
    });
    expect(Object.keys(understood.fields)).toEqual(['Name']);
    expect(understood.blanks.map(({ label, page: number }) => [label, number])).toEqual([
      ['Date of birth', 1],
      ['Phone', 1],
    ]);
  });
});

describe('fill', () => {
  const form = { title: 'Visa', fields: ['Full name', 'Date of birth', 'Passport no.', 'Sex'] };
  const fill = (values: object[], library = [PASSPORT, BILL]) => {
    const model = scriptedModel(() => ({ values }));
    return understand([], request({ task: 'fill', form, library }), { model });
  };
  const source = { type: 'doc', resource_id: 'p1' };

  test('takes values from their resources, joined or in part, with days as numbers', async () => {
    const understood = await fill([
      { blank: 1, value: 'Ann Mary Lee', resource: 1 },
      { blank: 2, value: 'Mar 05, 1990', resource: 1 },
      { blank: 3, value: 'X1234567', resource: 1 },
    ]);
    expect(understood.result).toEqual({
      'Full name': { value: 'Ann Mary Lee', source },
      'Date of birth': { value: '1990-03-05', source },
      'Passport no.': { value: 'X1234567', source },
    });
    expect(Understanding.parse(understood)).toEqual(understood);
  });

  test('a value that no resource has is left out, and one that another has is given its source', async () => {
    const understood = await fill([
      { blank: 3, value: 'X1234567', resource: 2 },
      { blank: 4, value: 'F', resource: 1 },
      { blank: 9, value: 'Lee', resource: 1 },
      { blank: 1, value: 'Ann Smith', resource: 1 },
    ]);
    expect(understood.result).toEqual({ 'Passport no.': { value: 'X1234567', source } });
  });

  test.each([
    ['a day', { Birth: 'Feb 01, 1990', Other: 'Jan 02, 1991' }, '1990-01-02'],
    ['a number in another order', { Phone: '030 123 456' }, '030 456 123'],
    ['names of two people', { Name: 'Anna Meier', Partner: 'Peter Schmidt' }, 'Anna Schmidt'],
    ['a sum', { Total: '12.50', Count: '21 50' }, '21.50'],
    ['another sign', { 'Blood group': 'A+' }, 'A-'],
  ])('%s that no value says is left out, though its parts stand there', async (_, kv, value) => {
    const understood = await fill([{ blank: 1, value, resource: 1 }], [{ ...PASSPORT, kv }]);
    expect(understood.result).toEqual({});
  });

  test.each([
    [{ Street: 'Main Street 1', City: '12345 Springfield' }, 'Main Street 1, 12345 Springfield'],
    [{ Address: 'Main Street 1, 12345 Springfield' }, '12345 Springfield'],
    [{ 姓名: '张三丰', 市: '北京' }, '三丰'],
    [{ Birth: 'Feb 01, 1990' }, '01/02/1990'],
    [{ Phone: '030 123 456' }, '030 123 456'],
  ])('of %j it takes %p', async (kv, value) => {
    const understood = await fill([{ blank: 1, value, resource: 1 }], [{ ...PASSPORT, kv } as typeof PASSPORT]);
    expect(Object.keys(understood.result ?? {})).toEqual(['Full name']);
  });

  test('a library longer than the context is asked about in parts, and official and newer sources win', async () => {
    const filler = 'lorem ipsum '.repeat(300);
    const old = { ...PASSPORT, id: 'old', date: '2011-01-01', kv: { Surname: 'Meyer', Note: filler } };
    const letter = {
      ...BILL,
      id: 'letter',
      title: 'Letter',
      tags: [],
      date: '2025-01-01',
      kv: { Surname: 'Li', Note: filler },
    };
    const recent = { ...PASSPORT, id: 'new', kv: { Surname: 'Lee', Note: filler } };
    const surnames = ['Meyer', 'Lee', 'Li'];
    const model = scriptedModel(
      ({ messages }) => ({
        values: surnames.flatMap((surname) => {
          const resource = new RegExp(`Resource (\\d+):(?:\\n\\| .*)*\\n\\| Surname = ${surname}\\n`).exec(
            messages[1]!.content,
          )?.[1];
          return resource === undefined ? [] : [{ blank: 1, value: surname, resource: Number(resource) }];
        }),
      }),
      { contextTokens: 3072 },
    );
    const understood = await understand(
      [],
      request({ task: 'fill', form: { fields: ['Surname'] }, library: [old, recent, letter] }),
      { model },
    );
    expect(model.questions.length).toBe(3);
    expect(understood.result).toEqual({ Surname: { value: 'Lee', source: { type: 'doc', resource_id: 'new' } } });
  });

  test('nothing to fill, or nothing known, needs no model', async () => {
    const model = scriptedModel(() => new AppError('internal'));
    expect((await understand([], request({ task: 'fill', form: {}, library: [BILL] }), { model })).result).toEqual({});
    expect((await understand([], request({ task: 'fill', form }), { model })).result).toEqual({});
    expect(model.questions).toEqual([]);
  });
});

describe('classify', () => {
  test('gives the label with confidences, best first', async () => {
    const answer = {
      label: 'receipt',
      confidence: 0.3,
      candidates: [
        { label: 'invoice', confidence: 0.6 },
        { label: 'poem', confidence: 1 },
      ],
    };
    const labels = ['invoice', 'receipt', 'letter'];
    const model = scriptedModel((_, index) =>
      index === 0 ? answer : { ...answer, candidates: [answer.candidates[0]] },
    );
    const understood = await understand([INVOICE], request({ task: 'classify', labels }), { model });
    expect(understood.result).toEqual({
      label: 'invoice',
      confidence: 0.6,
      candidates: [
        { label: 'invoice', confidence: 0.6 },
        { label: 'receipt', confidence: 0.3 },
      ],
    });
    // The first answer named a label that is on no list.
    expect(model.told[1]).toContain('candidates.1.label: must be one of ["invoice","receipt","letter",null]');
  });

  test('without a list of the caller it takes the usual kinds', async () => {
    const model = scriptedModel(() => ({ label: 'invoice', confidence: 2, candidates: [] }));
    const understood = await understand([INVOICE], request({ task: 'classify' }), { model });
    expect(understood.result).toMatchObject({ label: 'invoice', confidence: 1 });
  });
});
