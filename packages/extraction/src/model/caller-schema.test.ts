import { describe, expect, test } from '@jest/globals';
import { MOST_PROPERTIES, readCallerSchema } from './caller-schema.ts';
import { checkerOf } from './check-answer.ts';
import { conform } from './conform.ts';
import type { Json, JsonObject } from './language-model.ts';
import { askedSchema } from './schema.ts';

const object = (properties: Record<string, Json>, more: Record<string, Json> = {}): JsonObject => ({
  type: 'object',
  properties,
  ...more,
});
const INVOICE = object(
  {
    number: { type: 'string', description: 'of the invoice' },
    date: { type: 'string', format: 'date', title: 'Issued' },
    paid: { type: ['boolean', 'null'] },
    kind: { enum: ['invoice', 'receipt'] },
    items: { type: 'array', items: object({ name: {}, price: { type: 'number' }, count: { type: 'integer' } }) },
  },
  { required: ['number'], $schema: 'https://json-schema.org/draft/2020-12/schema', additionalProperties: false },
);

test('what a model is asked for is closed, wholly required, and null where the document is silent', () => {
  expect(askedSchema(readCallerSchema(INVOICE))).toEqual({
    type: 'object',
    properties: {
      number: { type: ['string', 'null'], description: 'of the invoice' },
      date: { type: ['string', 'null'], description: 'Issued; as YYYY-MM-DD' },
      paid: { type: ['boolean', 'null'] },
      kind: { type: ['string', 'null'], enum: ['invoice', 'receipt', null] },
      items: {
        type: 'array',
        items: {
          type: 'object',
          properties: {
            name: { type: ['string', 'null'] },
            price: { type: ['number', 'null'] },
            count: { type: ['integer', 'null'] },
          },
          required: ['name', 'price', 'count'],
          additionalProperties: false,
        },
      },
    },
    required: ['number', 'date', 'paid', 'kind', 'items'],
    additionalProperties: false,
  });
});

const deep = (levels: number): JsonObject => (levels === 0 ? { type: 'string' } : object({ a: deep(levels - 1) }));

describe('a schema outside the subset is refused with the place', () => {
  test.each<[string, JsonObject, string]>([
    ['a root that is no object', { type: 'string' }, 'schema: the root has to be an object'],
    ['an empty object', object({}), 'an object needs properties'],
    ['a reference', object({ a: { $ref: '#/x' } }), 'schema at "a": the keyword "$ref" is not supported'],
    ['alternatives', object({ a: { anyOf: [{}] } }), 'schema at "a": the keyword "anyOf"'],
    ['a pattern', object({ a: object({ b: { pattern: '(a+)+$' } }) }), 'schema at "a.b": the keyword "pattern"'],
    ['an unknown type', object({ a: { type: 'date' } }), 'schema at "a": type has to be'],
    ['an unknown format', object({ a: { format: 'ipv4' } }), 'schema at "a": format has to be'],
    ['a list without items', object({ a: { type: 'array' } }), 'schema at "a": an array needs items'],
    [
      'an object beside a string',
      object({ a: { type: ['object', 'string'] } }),
      'schema at "a": object and array stand for themselves',
    ],
    ['an enum of objects', object({ a: { enum: [{}] } }), 'schema at "a": values of an enum'],
    ['an empty enum', object({ a: { enum: [] } }), 'schema at "a": enum has to be'],
    ['a property that is no schema', object({ a: 1 }), 'schema at "a": a schema has to be an object'],
    ['a name with a full stop', object({ 'a.b': {} }), 'names of properties'],
    [
      'the name __proto__',
      JSON.parse('{"type":"object","properties":{"__proto__":{}}}') as JsonObject,
      'names of properties',
    ],
    ['something required that is none of its own', object({ a: {} }, { required: ['toString'] }), 'required has to be'],
    ['a depth of seven', deep(7), 'schema at "a.a.a.a.a.a.a": it is nested deeper than 6'],
    [
      'too many properties',
      object(Object.fromEntries(Array.from({ length: MOST_PROPERTIES + 1 }, (_, at) => [`p${at}`, {}]))),
      'more than 200',
    ],
  ])('%s', (_, schema, message) => {
    expect(() => readCallerSchema(schema)).toThrow(
      expect.objectContaining({ code: 'invalid_options', message: expect.stringContaining(message) }),
    );
  });

  test('a depth of six and 200 properties are allowed', () => {
    expect(() => readCallerSchema(deep(6))).not.toThrow();
    const many = Object.fromEntries(Array.from({ length: MOST_PROPERTIES }, (_, at) => [`p${at}`, {}]));
    expect(() => readCallerSchema(object(many))).not.toThrow();
  });
});

describe('an answer', () => {
  const shape = readCallerSchema(INVOICE);
  const check = checkerOf(shape);

  test('is brought into its shape where it plainly says what is wanted', () => {
    const said = {
      number: 17,
      date: '29 December 2017',
      paid: 'True',
      kind: 'Invoice',
      items: [{ name: 'Tea', price: 'RM 1,234.50', count: '3', colour: 'red' }, { price: null }],
      note: 'nobody asked',
    };
    const answer = conform(said, shape);
    expect(answer).toEqual({
      number: '17',
      date: '2017-12-29',
      paid: true,
      kind: 'invoice',
      items: [
        { name: 'Tea', price: 1234.5, count: 3 },
        { name: null, price: null, count: null },
      ],
    });
    expect(check(answer)).toEqual([]);
  });

  test('that is all null is right', () => {
    expect(check(conform({}, shape))).toEqual([]);
  });

  test('has its faults told by place, one each', () => {
    const answer = conform({ number: {}, date: '31/02/2018', kind: 'letter', items: [{ count: 1.5 }, 'tea'] }, shape);
    expect(check(answer).map(({ path, message }) => [path.join('.'), message])).toEqual(
      expect.arrayContaining([
        ['number', 'must be string,null'],
        ['date', 'must match format "date"'],
        ['kind', 'must be one of ["invoice","receipt",null]'],
        ['items.0.count', 'must be integer,null'],
        ['items.1', 'must be object'],
      ]),
    );
    expect(check(answer)).toHaveLength(5);
  });
});
