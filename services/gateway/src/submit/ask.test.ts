import { expect, test } from '@jest/globals';
import { readAsk } from './ask.ts';

const refused = (fields: Parameters<typeof readAsk>[0]): unknown => {
  try {
    return readAsk(fields, {});
  } catch (error) {
    return (error as { code: string }).code;
  }
};

test('a request that asks nothing has nothing to understand', () => {
  expect(readAsk({}, {})).toBeNull();
  expect(readAsk({ task: undefined, library: null }, { require_grounding: true })).toBeNull();
});

test('what is asked is taken over with its defaults', () => {
  const schema = { type: 'object', properties: { total: { type: 'number' } } };
  expect(readAsk({ task: 'extract', schema }, { require_grounding: true })).toEqual({
    task: 'extract',
    schema,
    library: [],
    requireGrounding: true,
    vision: false,
  });
  const library = [{ type: 'doc', id: 'd1', title: 'Passport' }];
  expect(readAsk({ task: 'doc', library }, {})?.library).toEqual([
    { ...library[0], tags: [], description: '', date: null, kv: {} },
  ]);
});

test('what cannot be answered is refused before anything is read', () => {
  expect(refused({ task: 'guess' })).toBe('bad_request');
  expect(refused({ schema: {} })).toBe('bad_request');
  expect(() => readAsk({ schema: {} }, {})).toThrow(/ task: is missing$/);
  expect(refused({ task: 'classify', labels: ['only one'] })).toBe('bad_request');
  expect(refused({ task: 'extract' })).toBe('invalid_options');
  expect(refused({ task: 'extract', schema: { type: 'object', properties: { a: { type: 'colour' } } } })).toBe(
    'invalid_options',
  );
  expect(refused({ task: 'fill' })).toBe('invalid_options');
});

test('what is too long or too deep is refused, and is no failure of ours', () => {
  const kv = { a: 'x'.repeat(4 * 1024 * 1024) };
  expect(refused({ task: 'doc', library: [{ type: 'doc', id: 'd', title: 't', kv }] })).toBe('body_too_large');
  let form: Record<string, unknown> = {};
  for (let level = 0; level < 20_000; level += 1) form = { form };
  expect(refused({ task: 'fill', form })).toBe('bad_request');
});
