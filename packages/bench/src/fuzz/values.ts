import fc, { type Arbitrary } from 'fast-check';
import type { Api, Schema } from './operations.ts';
import { PIXEL } from './pixel.ts';

/** Levels of nested shapes that are made; deeper ones are left empty. */
const DEEPEST = 5;

/** Addresses that are to be refused without being asked; real ones would have the gateway ask strangers. */
const ADDRESSES = [
  'https://127.0.0.1/a.png',
  'https://localhost/a.png',
  'https://[::1]/',
  'https://169.254.169.254/latest/meta-data',
  'https://[::ffff:10.0.0.1]/',
  'https://0x7f000001/',
  'http://example.invalid/',
  'file:///etc/passwd',
  'https://user:pass@127.0.0.1/',
  'gopher://127.0.0.1:6379/_FLUSHALL',
];

/** A name that never leads anywhere (RFC 2606): it passes for a public host until it is asked for. */
const NOWHERE = 'https://hooks.invalid/documents';
const HOUR_MS = 3_600_000;
const timesFrom = (least: number, most: number): Arbitrary<string> =>
  fc.integer({ min: least, max: most }).map((hours) => new Date(Date.now() + hours * HOUR_MS).toISOString());

/** What schemas do not tell: values by the names of their fields that lead further than any text would. */
const BY_NAME: Readonly<Record<string, Arbitrary<unknown>>> = {
  content: fc.oneof(
    { arbitrary: fc.constant(PIXEL.toString('base64')), weight: 8 },
    { arbitrary: fc.base64String({ maxLength: 200 }), weight: 1 },
  ),
  url: fc.oneof(
    { arbitrary: fc.constant(NOWHERE), weight: 3 },
    { arbitrary: fc.constantFrom(...ADDRESSES), weight: 1 },
  ),
  pages: fc.constantFrom('1', '1', '1-2', '1-3,7', '99999999999', '1-1000000'),
  wait: fc.constantFrom(0, 0, 0, 1),
  password: fc.string({ maxLength: 20 }),
  secret: fc.constant(`whsec_${Buffer.alloc(32, 7).toString('base64')}`),
  from: timesFrom(-240, -24),
  to: timesFrom(-1, 1),
  deadline: timesFrom(1, 48),
  expires_at: timesFrom(1, 48),
  schema: fc.oneof(
    {
      arbitrary: fc.constant({
        type: 'object',
        properties: { date: { type: 'string', format: 'date' }, total: { type: 'number' } },
      }),
      weight: 4,
    },
    {
      arbitrary: fc.constantFrom<unknown>(
        { type: 'object', properties: { a: { type: 'array', items: { type: 'object', properties: {} } } } },
        { $ref: '#' },
        { type: 'object', properties: { a: { type: 'string', pattern: '(a+)+$' } } },
      ),
      weight: 1,
    },
  ),
};

/** Values that a schema allows, as far as it tells. */
export function valuesOf(schema: Schema, api: Pick<Api, 'schemas'>, name = '', depth = 0): Arbitrary<unknown> {
  const known = Object.hasOwn(BY_NAME, name) ? BY_NAME[name] : undefined;
  if (known !== undefined) return known;
  if (schema.$ref !== undefined) {
    const target = api.schemas[schema.$ref.replace('#/components/schemas/', '')];
    return target === undefined ? fc.constant(null) : valuesOf(target, api, name, depth + 1);
  }
  if (schema.const !== undefined) return fc.constant(schema.const);
  if (schema.enum !== undefined) return fc.constantFrom(...schema.enum);
  const choices = schema.anyOf ?? schema.oneOf;
  if (choices !== undefined) return fc.oneof(...choices.map((choice) => valuesOf(choice, api, name, depth + 1)));
  if (schema.allOf !== undefined) {
    const merged = Object.assign({}, ...schema.allOf.map((part) => resolve(part, api))) as Schema;
    return valuesOf(merged, api, name, depth + 1);
  }
  if (Array.isArray(schema.type)) {
    return fc.oneof(...schema.type.map((type: string) => valuesOf({ ...schema, type }, api, name, depth)));
  }
  return ofType(schema, api, depth);
}

function resolve(schema: Schema, api: Pick<Api, 'schemas'>): Schema {
  return schema.$ref === undefined ? schema : (api.schemas[schema.$ref.replace('#/components/schemas/', '')] ?? {});
}

function ofType(schema: Schema, api: Pick<Api, 'schemas'>, depth: number): Arbitrary<unknown> {
  switch (schema.type) {
    case 'object':
      return objects(schema, api, depth);
    case 'array': {
      const items = depth > DEEPEST ? fc.constant(null) : valuesOf(schema.items ?? {}, api, '', depth + 1);
      const least = schema.minItems ?? 0;
      return fc.array(items, { minLength: least, maxLength: Math.max(least, Math.min(schema.maxItems ?? 3, 3)) });
    }
    case 'string':
      return strings(schema);
    case 'integer':
      return fc.integer({
        min: atLeast(
          schema.minimum ?? (schema.exclusiveMinimum === undefined ? undefined : schema.exclusiveMinimum + 1),
          -1000,
        ),
        max: atMost(schema.maximum, 1_000_000),
      });
    case 'number':
      return fc.double({ min: schema.minimum ?? -1e6, max: schema.maximum ?? 1e6, noNaN: true });
    case 'boolean':
      return fc.boolean();
    case 'null':
      return fc.constant(null);
    default:
      return fc.jsonValue({ maxDepth: 2 });
  }
}

/** Whole numbers within 32 bits; schemas may say ±9007199254740991 where they mean none. */
const atLeast = (bound: number | undefined, otherwise: number): number =>
  bound === undefined || bound < -(2 ** 31) ? otherwise : bound;
const atMost = (bound: number | undefined, otherwise: number): number =>
  bound === undefined || bound > 2 ** 31 - 1 ? otherwise : bound;

function objects(schema: Schema, api: Pick<Api, 'schemas'>, depth: number): Arbitrary<unknown> {
  if (depth > DEEPEST) return fc.constant({});
  const properties = Object.entries(schema.properties ?? {});
  if (properties.length === 0) {
    const extra = schema.additionalProperties;
    const values = typeof extra === 'object' ? valuesOf(extra, api, '', depth + 1) : fc.jsonValue({ maxDepth: 1 });
    return fc.dictionary(fc.string({ maxLength: 8 }), values, { maxKeys: 3 });
  }
  const model = Object.fromEntries(properties.map(([name, one]) => [name, valuesOf(one, api, name, depth + 1)]));
  const required = [...(schema.required ?? [])].filter((name) => name in model);
  const made = fc.record(model, { requiredKeys: required }) as Arbitrary<Record<string, unknown>>;
  if (!('content' in model && 'url' in model)) return made;
  // A file is given by its bytes or by its address, which no schema says.
  return fc
    .tuple(made, model.content!, model.url!, fc.nat(4))
    .map(([{ content: _bytes, url: _address, ...rest }, bytes, address, which]) =>
      which === 0 ? { ...rest, url: address } : { ...rest, content: bytes },
    );
}

function strings({ format, pattern, minLength = 0, maxLength = 30 }: Schema): Arbitrary<string> {
  if (format === 'uuid') return fc.uuid();
  if (format === 'date-time') return fc.integer({ min: 0, max: 4e12 }).map((ms) => new Date(ms).toISOString());
  if (format === 'uri') return fc.constantFrom(...ADDRESSES);
  if (format === 'binary') return fc.constant('');
  if (pattern !== undefined) {
    try {
      return fc.stringMatching(new RegExp(pattern));
    } catch {
      // Not every pattern can be turned round; then any text has to do.
    }
  }
  return fc.string({ minLength, maxLength: Math.max(minLength, Math.min(maxLength, 30)) });
}

/** Texts that have broken programs before. */
export const HOSTILE_TEXTS = [
  '',
  '\0',
  'a\0b',
  '\ud800',
  '\udfff\ud800',
  '\u202egnp.exe',
  '\ufeff',
  '__proto__',
  'constructor',
  '../../etc/passwd',
  "' OR 1=1 --",
  '$'.concat('{jndi:ldap://127.0.0.1/a}'),
  '%s%n%x',
  '<script>alert(1)</script>',
  'a'.repeat(10_000),
  '😀'.repeat(300),
  'é'.normalize('NFD'),
  '-0',
  'NaN',
  '1e309',
  '９',
  '2026-02-30T25:61:61Z',
  'null',
] as const;

/** Values of no or another type. */
export const hostileValues: Arbitrary<unknown> = fc.oneof(
  { arbitrary: fc.constantFrom(...HOSTILE_TEXTS), weight: 4 },
  {
    arbitrary: fc.constantFrom<unknown>(
      null,
      true,
      [],
      {},
      0,
      -1,
      -0,
      1.5,
      2 ** 31,
      2 ** 53,
      1e308,
      -1e308,
      [[[[[[]]]]]],
      { __proto__: null, toString: 'x', length: -1 },
    ),
    weight: 4,
  },
  { arbitrary: fc.array(fc.constant('x'), { minLength: 200, maxLength: 2_000 }), weight: 1 },
  { arbitrary: fc.jsonValue({ maxDepth: 4 }), weight: 2 },
  { arbitrary: fc.string({ unit: 'binary', maxLength: 50 }), weight: 2 },
);

/** Valid values with one part of them put wrong. */
export function mutated(values: Arbitrary<unknown>): Arbitrary<unknown> {
  return fc
    .tuple(values, fc.nat(1_000), hostileValues, fc.constantFrom('replace', 'remove', 'add', 'double'))
    .map(([value, where, hostile, how]) => change(value, { where, hostile, how }));
}

interface Change {
  readonly where: number;
  readonly hostile: unknown;
  readonly how: 'replace' | 'remove' | 'add' | 'double';
}

/** A copy of a value in which the part of number `where`, counted from the top, is changed. */
function change(value: unknown, { where, hostile, how }: Change): unknown {
  const copy = structuredClone(value);
  const places: { readonly holder: Record<string, unknown>; readonly name: string }[] = [];
  const walk = (part: unknown): void => {
    if (typeof part !== 'object' || part === null) return;
    for (const name of Object.keys(part)) {
      places.push({ holder: part as Record<string, unknown>, name });
      walk((part as Record<string, unknown>)[name]);
    }
  };
  walk(copy);
  const place = places[where % Math.max(1, places.length)];
  if (place === undefined) return hostile;
  if (how === 'replace') place.holder[place.name] = hostile;
  else if (how === 'remove') delete place.holder[place.name];
  else if (how === 'add') place.holder[`${place.name}_`] = hostile;
  else place.holder[place.name] = [place.holder[place.name], place.holder[place.name]];
  return copy;
}
