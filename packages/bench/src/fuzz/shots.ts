import fc, { type Arbitrary } from 'fast-check';
import { type Body, validBodies, wrongBodies } from './bodies.ts';
import type { Api, Operation } from './operations.ts';
import { HOSTILE_TEXTS, hostileValues, valuesOf } from './values.ts';

/** Whose key a request comes with: the tenant's, one that may only read, another tenant's, one that is none, or no key. */
export type CallerName = 'own' | 'reader' | 'other' | 'wrong' | 'none';

/** A part of the path: the n-th of the ids that are known by then, or this text as it is. */
export type Part = { readonly live: number } | { readonly text: string };

/** One request, before ids that live are put into it. */
export interface Shot {
  readonly operation: Operation;
  readonly method: string;
  readonly parts: readonly Part[];
  readonly query: readonly (readonly [string, string])[];
  readonly headers: readonly (readonly [string, string])[];
  readonly caller: CallerName;
  readonly body: Body | null;
}

const METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'TRACE', 'PROPFIND', 'QUERY'] as const;

/** Requests for one operation: half of them as they should be, so that they reach what lies deep, the others with one part wrong, or many. */
export function shotsAt(operation: Operation, api: Api): Arbitrary<Shot> {
  const count = [...operation.path.matchAll(/\{\w+\}/g)].length;
  const live: Arbitrary<Part> = fc.nat(1_000).map((index) => ({ live: index }));
  const good = {
    method: fc.constant(operation.method),
    parts: fc.array(live, { minLength: count, maxLength: count }),
    query: validQuery(operation, api),
    headers: fc.constant([]),
    caller: fc.constant<CallerName>('own'),
    body: validBodies(operation, api),
  };
  const bad = {
    method: fc.constantFrom(...METHODS),
    parts: fc.array(fc.oneof(live, hostileParts), { minLength: count, maxLength: count }),
    query: hostileQuery(operation),
    headers: fc.array(hostileHeaders, { minLength: 1, maxLength: 5 }),
    caller: fc.constantFrom<CallerName>('own', 'reader', 'other', 'other', 'wrong', 'none'),
    body: wrongBodies(operation, api),
  };
  const shot = (parts: { [Name in keyof typeof good]: Arbitrary<unknown> }) =>
    fc.record({ operation: fc.constant(operation), ...parts }) as Arbitrary<Shot>;
  const faults = (Object.keys(bad) as (keyof typeof bad)[])
    .filter((name) => name !== 'parts' || count > 0)
    .filter((name) => name !== 'body' || Object.keys(operation.bodies).length > 0);
  const all = { ...good, parts: bad.parts, query: bad.query, headers: bad.headers, body: bad.body };
  return fc.oneof(
    { arbitrary: shot(good), weight: 5 },
    { arbitrary: fc.oneof(...faults.map((name) => shot({ ...good, [name]: bad[name] }))), weight: 4 },
    { arbitrary: shot(all), weight: 1 },
  );
}

function validQuery({ query }: Operation, api: Api): Arbitrary<Shot['query']> {
  // A cursor is known only from an answer; any other is refused, which the hostile ones see to.
  const each = query
    .filter(({ name }) => name !== 'cursor')
    .map(({ name, schema }) =>
      fc.option(
        valuesOf(schema ?? {}, api, name).map((value) => [name, textOf(value)] as const),
        { nil: null },
      ),
    );
  return fc.tuple(...each).map((pairs) => pairs.filter((pair) => pair !== null));
}

/** Names that exist and that do not, values of any kind, and one name several times. */
function hostileQuery({ query }: Operation): Arbitrary<Shot['query']> {
  const names = fc.oneof(
    fc.constantFrom(...query.map(({ name }) => name), 'wait', 'limit', 'cursor'),
    fc.constantFrom('__proto__', 'constructor', 'a[b][c]', 'wait[]', 'wait[$gt]', '\0', '', 'q'.repeat(300)),
  );
  const values = fc.oneof(
    fc.constantFrom(...HOSTILE_TEXTS),
    hostileValues.map(textOf),
    fc.constantFrom('0', '-1', '1e3', '0x10', '99999999999999999999', ' 1', '+1', 'true', 'eyJhIjoxfQ'),
  );
  return fc.array(fc.tuple(names, values), { minLength: 1, maxLength: 4 });
}

const textOf = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value)).slice(0, 3_000);

/** As they stand in a URL; what a URL cannot hold is sent raw, elsewhere. */
const hostileParts: Arbitrary<Part> = fc
  .oneof(
    fc.constantFrom(
      '%00',
      '%2e%2e',
      '..%2f..%2f',
      '%ED%A0%80',
      '%zz',
      '%',
      'null',
      '0',
      '-1',
      '1e9',
      '00000000-0000-0000-0000-000000000000',
    ),
    fc.constantFrom(
      '1.csv',
      '%2F',
      ';a=b',
      'a'.repeat(3_000),
      '%F0%9F%98%80',
      '__proto__',
      "'",
      '{id}',
      '*',
      '1%00',
      '99999999999999999999',
    ),
    fc.uuid(),
    fc.string({ unit: 'binary', maxLength: 20 }).map((text) => encodeURIComponent(text.toWellFormed())),
  )
  .map((text) => ({ text }));

const hostileHeaders: Arbitrary<readonly [string, string]> = fc.oneof(
  fc.tuple(
    fc.constantFrom(
      'accept',
      'if-none-match',
      'last-event-id',
      'x-request-id',
      'idempotency-key',
      'traceparent',
      'origin',
      'prefer',
      'range',
    ),
    fc.oneof(
      fc.constantFrom(
        '',
        '*',
        '"',
        '"x"',
        'W/"1"',
        '"x", "y"',
        '-1',
        '0',
        '99999999999999999999',
        'NaN',
        'text/plain;q=2',
        '*/*;q=0',
        'application/json;;;',
      ),
      fc.constantFrom(
        'a'.repeat(4_000),
        'é',
        '../..',
        '{"a":1}',
        'bytes=0-,-1',
        'null',
        'https://evil.example',
        ';'.repeat(2_000),
        ','.repeat(2_000),
      ),
    ),
  ),
  fc.constantFrom<readonly [string, string]>(
    ['accept-encoding', 'gzip;q=nan, br, *;q=0'],
    ['content-encoding', 'gzip'],
    ['content-encoding', 'br, br, br'],
    ['expect', '100-continue'],
    ['x-http-method-override', 'DELETE'],
    ['x-forwarded-for', '1.2.3.4'],
    ['x-forwarded-host', 'evil.example'],
    ['forwarded', 'for=1.2.3.4;proto=https'],
    ['cookie', 'a=b'],
    ['te', 'trailers'],
    ['upgrade', 'websocket'],
    ['access-control-request-method', 'POST'],
    ['authorization', 'Basic YTpi'],
    ['authorization', 'Bearer'],
    ['authorization', 'Bearer a b'],
    ['authorization', `Bearer ${'x'.repeat(5_000)}`],
    ['authorization', 'Bearer eyJhbGciOiJub25lIn0.eyJzdWIiOiJhIn0.'],
  ),
);
