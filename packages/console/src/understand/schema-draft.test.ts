import { expect, test } from '@jest/globals';
import { EXAMPLES } from './examples.ts';
import { changed, faultsOf, fieldsOf, moved, newField, schemaOf } from './schema-draft.ts';

test('fields say what their schema says, and come back from it', () => {
  const fields = [
    newField({ name: 'number', required: true, description: 'As printed at the top' }),
    newField({ name: 'date', type: 'date' }),
    newField({ name: 'currency', type: 'choice', choices: ['EUR', ' USD ', ''] }),
    newField({
      name: 'items',
      type: 'group',
      list: true,
      description: 'Each row',
      fields: [newField({ name: 'what' }), newField({ name: 'price', type: 'number', required: true })],
    }),
    newField({ name: 'notes', list: true }),
  ];
  const schema = schemaOf(fields);
  expect(schema).toEqual({
    type: 'object',
    properties: {
      number: { type: 'string', description: 'As printed at the top' },
      date: { type: 'string', format: 'date' },
      currency: { type: 'string', enum: ['EUR', 'USD'] },
      items: {
        type: 'array',
        items: {
          type: 'object',
          properties: { what: { type: 'string' }, price: { type: 'number' } },
          required: ['price'],
        },
        description: 'Each row',
      },
      notes: { type: 'array', items: { type: 'string' } },
    },
    required: ['number'],
  });
  expect(schemaOf(fieldsOf(schema) ?? [])).toEqual(schema);
});

test('a schema that says more than fields can is not taken for fields', () => {
  for (const property of [
    { type: ['string', 'null'] },
    { type: 'string', format: 'email' },
    { type: 'integer', enum: [1, 2] },
    { type: 'array', items: { type: 'array', items: { type: 'string' } } },
    { $ref: '#/$defs/x' },
    true,
  ])
    expect(fieldsOf({ type: 'object', properties: { one: property } })).toBe(null);
  expect(fieldsOf([])).toBe(null);
  expect(fieldsOf({ type: 'string' })).toBe(null);
});

test('what has to be mended is told by field', () => {
  const deep = (levels: number): ReturnType<typeof newField> =>
    levels === 0 ? newField({ name: 'leaf' }) : newField({ name: 'in', type: 'group', fields: [deep(levels - 1)] });
  const [first, second, third, fourth, fifth] = [
    newField({ name: ' ' }),
    newField({ name: 'a.b' }),
    newField({ name: 'same' }),
    newField({ name: 'same ', type: 'choice', choices: [''] }),
    newField({ name: 'group', type: 'group' }),
  ] as const;
  const faults = faultsOf([first, second, third, fourth, fifth]);
  expect([first, second, third, fourth, fifth].map(({ id }) => faults.get(id))).toEqual([
    'noName',
    'badName',
    undefined,
    'sameName',
    'noFields',
  ]);
  expect([...faultsOf([deep(5)]).values()]).toEqual([]);
  expect([...faultsOf([deep(6)]).values()]).toEqual(['tooDeep']);
});

test('a field is changed, moved and taken away wherever it stands', () => {
  const [one, two] = [newField({ name: 'one' }), newField({ name: 'two' })];
  const group = newField({ name: 'group', type: 'group', fields: [one, two] });
  const names = (fields: ReturnType<typeof moved>) => fields.map((field) => field.fields.map(({ name }) => name));
  expect(names(moved([group], two.id, -1))).toEqual([['two', 'one']]);
  expect(names(moved([group], one.id, -1))).toEqual([['one', 'two']]);
  expect(names(changed([group], one.id, () => null))).toEqual([['two']]);
  expect(names(changed([group], one.id, (field) => ({ ...field, name: 'three' })))).toEqual([['three', 'two']]);
});

test('the examples to begin with can be sent as they are', () => {
  for (const { fields } of EXAMPLES) {
    expect([...faultsOf(fields)]).toEqual([]);
    expect(fieldsOf(schemaOf(fields))).not.toBe(null);
  }
});
