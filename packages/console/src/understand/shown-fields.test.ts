import type { ExtractedField, Understanding } from '@docusnap/contracts';
import { expect, test } from '@jest/globals';
import { askOf, openDraft } from './draft.ts';
import { newField } from './schema-draft.ts';
import { shownFields } from './shown-fields.ts';

const field = (value: string): ExtractedField => ({
  value,
  normalized: null,
  confidence: 0.9,
  grounded: true,
  evidence: [],
});
const NOTHING: Understanding = {
  task: 'extract',
  engine: 'rules',
  model: null,
  result: null,
  fields: {},
  problems: {},
  blanks: [],
  usage: { prompt_tokens: 0, completion_tokens: 0 },
};

test('values are listed with names that people read, and what is missing with what is wrong', () => {
  const shown = shownFields({
    ...NOTHING,
    fields: { 'items.0.unit_price': field('7.20') },
    problems: { total: 'Not found.' },
  });
  expect(shown.map(({ name, value, problem }) => [name, value, problem])).toEqual([
    ['items · 1 · unit price', '7.20', null],
    ['total', null, 'Not found.'],
  ]);
});

test('of what a document says, values without a place are listed too', () => {
  const result = { title: 'T', tags: ['t'], description: '', kv: { From: 'Ann', To: 'Bo' }, related: [] };
  const shown = shownFields({ ...NOTHING, task: 'doc', result, fields: { From: field('Ann') } });
  expect(shown.map(({ name, grounded }) => [name, grounded])).toEqual([
    ['From', true],
    ['To', false],
  ]);
});

test('what a form was filled with is listed by its labels', () => {
  const result = { 'Full name': { value: 'Ann', source: { type: 'doc' as const, resource_id: 'a' } } };
  const shown = shownFields({ ...NOTHING, task: 'fill', result });
  expect(shown.map(({ name, value, grounded }) => [name, value, grounded])).toEqual([['Full name', 'Ann', true]]);
});

test('what a person wants to know becomes what is asked, or the reason why it cannot be yet', () => {
  const draft = openDraft();
  expect(askOf(draft)).toEqual({ ask: { task: 'doc' } });
  expect(askOf({ ...draft, wish: 'fill' })).toEqual({ ask: { task: 'form' } });
  expect(askOf({ ...draft, wish: 'classify', labels: ' bill \n\nletter\nbill' })).toEqual({
    ask: { task: 'classify', labels: ['bill', 'letter'] },
  });
  expect(askOf({ ...draft, wish: 'classify', labels: 'bill' })).toEqual({ fault: 'labelsFault' });
  expect(askOf({ ...draft, wish: 'extract', fields: [] })).toEqual({ fault: 'noFieldsYet' });
  expect(askOf({ ...draft, wish: 'extract', fields: [newField()] })).toEqual({ fault: 'mend' });
  expect(askOf({ ...draft, wish: 'extract', json: '{' })).toMatchObject({ fault: 'jsonFault' });
  expect(askOf({ ...draft, wish: 'extract', fields: [newField({ name: 'a' })], onlyProven: true })).toEqual({
    ask: { task: 'extract', schema: { type: 'object', properties: { a: { type: 'string' } } }, onlyProven: true },
  });
});
