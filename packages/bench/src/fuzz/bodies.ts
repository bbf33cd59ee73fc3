import fc, { type Arbitrary } from 'fast-check';
import { formAbuse, forms } from './forms.ts';
import type { Api, Operation } from './operations.ts';
import { hostileValues, mutated, valuesOf } from './values.ts';

export interface Body {
  readonly type: string | null;
  readonly bytes: Buffer;
}

const JSON_TYPE = 'application/json';

/** JSON may hold what a value cannot: lone surrogates are written as escapes, as JSON.stringify does. */
const asJson = (value: unknown): Body => ({
  type: JSON_TYPE,
  bytes: Buffer.from(JSON.stringify(value)),
});

/** Bodies that an operation describes. */
export function validBodies({ bodies }: Operation, api: Api): Arbitrary<Body | null> {
  const made = Object.entries(bodies).map(([type, schema]) =>
    type === 'multipart/form-data' ? forms(schema, api) : valuesOf(schema, api).map(asJson),
  );
  return made.length === 0 ? fc.constant(null) : fc.oneof(...made);
}

/** Bodies with something wrong: a value, the text, or the type they are said to have. */
export function wrongBodies({ bodies }: Operation, api: Api): Arbitrary<Body | null> {
  const schemas = Object.entries(bodies).filter(([type]) => type === JSON_TYPE);
  const values = schemas.map(([, schema]) => valuesOf(schema, api));
  const texts = [...values, fc.jsonValue({ maxDepth: 3 })].map((made) => brokenTexts(made));
  return fc.oneof(
    ...values.map((made) => ({ arbitrary: mutated(made).map(asJson), weight: 6 })),
    { arbitrary: fc.oneof(...texts), weight: 2 },
    { arbitrary: hostileValues.map(asJson), weight: 1 },
    {
      arbitrary: fc.uint8Array({ maxLength: 300 }).map((bytes) => ({ type: JSON_TYPE, bytes: Buffer.from(bytes) })),
      weight: 1,
    },
    ...('multipart/form-data' in bodies ? [{ arbitrary: formAbuse, weight: 6 }] : []),
    { arbitrary: retyped(validBodies({ bodies } as Operation, api)), weight: 1 },
  );
}

const TYPES = [
  null,
  '',
  'text/plain',
  'application/json; charset=utf-16',
  'application/json; charset=koi8-r',
  'application/json;',
  'application/problem+json',
  'multipart/form-data',
  'multipart/form-data; boundary=',
  'multipart/mixed; boundary=x',
  'application/x-www-form-urlencoded',
  'image/png',
  'application/json, text/plain',
  '*/*',
  'a/b/c',
] as const;

function retyped(bodies: Arbitrary<Body | null>): Arbitrary<Body> {
  return fc
    .tuple(bodies, fc.constantFrom(...TYPES))
    .map(([body, type]) => ({ type, bytes: body?.bytes ?? Buffer.from('{}') }));
}

/** Text that is nearly JSON, or JSON that is nearly too much. */
function brokenTexts(values: Arbitrary<unknown>): Arbitrary<Body> {
  return fc.tuple(values, fc.constantFrom(...BREAKS), fc.nat(1_000)).map(([value, breakIt, where]) => {
    const text = JSON.stringify(value);
    return { type: JSON_TYPE, bytes: breakIt(text, where) };
  });
}

const nested = (open: string, close: string, levels: number) => open.repeat(levels) + close.repeat(levels);

const BREAKS: readonly ((text: string, where: number) => Buffer)[] = [
  (text, where) => Buffer.from(text.slice(0, where % Math.max(1, text.length))),
  (text) =>
    Buffer.from(text.replace(/[{,]"([^"]*)":/, (match, name: string) => `${match.slice(0, 1)}"${name}":1,"${name}":`)),
  (text) => Buffer.from(text.replace('{', '{"__proto__":{"admin":true},"constructor":{"prototype":{"x":1}},')),
  (text) => Buffer.from(`\ufeff${text}`),
  (text) => Buffer.from(text, 'utf16le'),
  (text) => Buffer.from(text.replaceAll('"', '\xff'), 'latin1'),
  (text) => Buffer.from(text.replace(/:/, ':1e999999,"x":-0,"y":123456789012345678901234567890,"z":')),
  (text) => Buffer.from(text.replace(/"$/, '\\ud800"').replace(/":"/, '":"\\ud800\\u0000')),
  (text) => Buffer.from(`${text}${text}`),
  (text) => Buffer.from(`// c\n${text},`),
  (text, where) => Buffer.from(text.replace(/:/, `:${nested('[', ']', where * 20)},"deep":`)),
  (_text, where) => Buffer.from(nested('{"a":', '}', where * 20)),
  (_text, where) => Buffer.from(`[${'{},'.repeat(where * 10)}{}]`),
  (text, where) => Buffer.from(text.replace('{', `{${Array.from({ length: where }, (_, i) => `"k${i}":0,`).join('')}`)),
];
