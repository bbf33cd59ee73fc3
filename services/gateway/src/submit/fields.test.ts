import { expect, test } from '@jest/globals';
import { fileName, parseField, readFields } from './fields.ts';

test('without fields a job has the default options and no metadata', () => {
  expect(readFields({})).toEqual({ options: { priority: 5 }, metadata: null, split: false, ask: null, terms: {} });
});

test('splitting is said of the request, and is no option of its jobs', () => {
  expect(readFields({ options: { split: true, priority: 1 } })).toEqual({
    options: { priority: 1 },
    metadata: null,
    split: true,
    ask: null,
    terms: {},
  });
});

test.each([[{ priority: 10 }], [{ priority: 1.5 }], [{ priorty: 3 }], ['high'], [[]]])(
  'options %j are refused',
  (options) => {
    expect(() => readFields({ options })).toThrow(expect.objectContaining({ code: 'invalid_options' }));
  },
);

test.each([['text'], [[1]], [7], [true]])('metadata %j is refused, since it is no object', (metadata) => {
  expect(() => readFields({ options: {}, metadata })).toThrow(expect.objectContaining({ code: 'bad_request' }));
});

test('metadata may have 2,048 bytes of compact JSON and not one more', () => {
  const fits = { a: 'ä'.repeat(1_020) };
  expect(readFields({ options: {}, metadata: fits }).metadata).toEqual(fits);
  expect(() => readFields({ options: {}, metadata: { a: `${fits.a}x` } })).toThrow(
    expect.objectContaining({ code: 'metadata_too_large' }),
  );
});

test('metadata that PostgreSQL cannot hold is refused, what only looks like it is not', () => {
  for (const text of ['a\0b', '\ud800', '\\\0']) {
    expect(() => readFields({ options: {}, metadata: { text } })).toThrow(
      expect.objectContaining({ code: 'bad_request' }),
    );
  }
  for (const text of ['a\\u0000b', '\\\\ud800', '😀', '\u0001']) {
    expect(readFields({ options: {}, metadata: { text } }).metadata).toEqual({ text });
  }
});

test('metadata nested beyond what the stack holds is refused', () => {
  let deep: unknown = 1;
  for (let level = 0; level < 200_000; level += 1) deep = [deep];
  expect(() => readFields({ options: {}, metadata: { deep } })).toThrow(
    expect.objectContaining({ code: 'bad_request' }),
  );
});

test('a job is read accurately or fast, and nothing else', () => {
  expect(readFields({ options: { setting: 'fast' } }).options).toEqual({ priority: 5, setting: 'fast' });
  expect(() => readFields({ options: { setting: 'slow' } })).toThrow(
    expect.objectContaining({ code: 'invalid_options', message: expect.stringContaining('setting') }),
  );
});

test('terms are read as they are stored', () => {
  const id = '01890A5D-AC96-774B-BCCE-B302099A8057';
  const deadline = new Date(Date.now() + 60_000).toISOString().replace('Z', '+00:00');
  expect(readFields({ batch: id, deadline, retention_seconds: 60 }).terms).toEqual({
    batch: id.toLowerCase(),
    deadline: new Date(deadline),
    retentionSeconds: 60,
  });
});

test.each([
  [{ batch: 'mine' }],
  [{ deadline: 'tomorrow' }],
  [{ deadline: 3_600 }],
  [{ deadline: '2030-01-01T10:00:00' }],
  [{ deadline: '9999-12-31T23:59:59-23:59' }],
  [{ retention_seconds: 0 }],
  [{ retention_seconds: 1.5 }],
  [{ retention_seconds: 1e12 }],
  [{ webhook: 'https://example.com' }],
])('terms %j are refused', (terms) => {
  expect(() => readFields(terms)).toThrow(expect.objectContaining({ code: 'bad_request' }));
});

test('a term may stand in a form without quotation marks', () => {
  const time = '2030-01-01T10:00:00.5+01:00';
  expect(parseField('deadline', time)).toBe(time);
  expect(parseField('deadline', `"${time}"`)).toBe(time);
  expect(parseField('retention_seconds', '60')).toBe(60);
});

test.each([
  ['May, 2nd part', 'May, 2nd part'],
  [' 42 ', '42'],
  ['"May"', 'May'],
  ['null', null],
])('the name %s of a batch is %s', (text, name) => expect(parseField('name', text)).toBe(name));

test('a field that is no JSON is named', () => {
  expect(() => parseField('options', '{priority: 3}')).toThrow(
    expect.objectContaining({ code: 'malformed_json', message: expect.stringContaining('"options"') }),
  );
});

test('file names are kept without control characters, at most 255 long, and never empty', () => {
  expect(fileName('Rechnung März.png')).toBe('Rechnung März.png');
  expect(fileName('a\0\n\u007fb')).toBe('ab');
  expect(fileName(undefined)).toBe('file');
  expect(fileName('\r')).toBe('file');
  expect(fileName('x'.repeat(300))).toHaveLength(255);
  expect(fileName(`${'x'.repeat(254)}😀`).isWellFormed()).toBe(true);
});

test.each([['['.repeat(150_000) + ']'.repeat(150_000)], [`{"a":[${'0,'.repeat(150_000)}0]}`]])(
  'a field of more values than anyone sends is refused before it is parsed',
  (text) => {
    expect(() => parseField('schema', text)).toThrow(
      expect.objectContaining({ code: 'malformed_json', message: expect.stringContaining('more than 100000 values') }),
    );
  },
);
