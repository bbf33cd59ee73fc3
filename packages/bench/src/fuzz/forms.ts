import fc, { type Arbitrary } from 'fast-check';
import type { Body } from './bodies.ts';
import type { Api, Schema } from './operations.ts';
import { PIXEL } from './pixel.ts';
import { HOSTILE_TEXTS, valuesOf } from './values.ts';

const BOUNDARY = 'fuzzboundary';
const TYPE = `multipart/form-data; boundary=${BOUNDARY}`;

/** A word that stands in names, fields and metadata of what is sent: no log may show it. */
export const SECRET_WORD = 'Quarzwidderchen';

const file = (name: string, bytes: Buffer = PIXEL, headers = ''): Buffer =>
  Buffer.concat([
    Buffer.from(`--${BOUNDARY}\r\nContent-Disposition: form-data; name="file"; filename="${name}"\r\n${headers}\r\n`),
    bytes,
    Buffer.from('\r\n'),
  ]);
const field = (name: string, text: string): Buffer =>
  Buffer.from(`--${BOUNDARY}\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${text}\r\n`);
const END = Buffer.from(`--${BOUNDARY}--\r\n`);
const formOf = (...parts: Buffer[]): Body => ({ type: TYPE, bytes: Buffer.concat([...parts, END]) });

/** Forms with a picture and some of the fields that the schema names, as JSON where they are no plain words. */
export function forms(schema: Schema, api: Api): Arbitrary<Body> {
  const json: Schema | undefined = api.schemas.SubmitInput;
  const names = Object.keys(schema.properties ?? {}).filter((name) => name !== 'file');
  const values = names.map((name) =>
    fc.tuple(fc.constant(name), valuesOf(json?.properties?.[name] ?? schema.properties?.[name] ?? {}, api, name)),
  );
  const chosen = values.length === 0 ? fc.constant([]) : fc.array(fc.oneof(...values), { maxLength: 2 });
  return fc.tuple(fc.constantFrom(1, 1, 1, 2), chosen).map(([files, fields]) => {
    const distinct = new Map(
      fields.map(([name, value]) => [name, typeof value === 'string' ? value : JSON.stringify(value)]),
    );
    const parts = [...distinct].map(([name, text]) => field(name, text ?? ''));
    return formOf(...parts, ...Array.from({ length: files }, (_, i) => file(`${SECRET_WORD}-${i}.png`)));
  });
}

const FILE_NAMES = [
  '../../../etc/passwd',
  '..\\..\\windows\\system32',
  '/etc/shadow',
  'C:\\boot.ini',
  'a\u0000.png',
  '.',
  '',
  `${'n'.repeat(5_000)}.png`,
  'x"; name="options',
  'a%0d%0aX-Injected: 1.png',
  '\u202egnp.exe',
  'nul\r.png',
  '<img src=x onerror=alert(1)>.png',
];

/** Forms as no browser would send them. */
export const formAbuse: Arbitrary<Body> = fc.oneof(
  fc.constantFrom(...FILE_NAMES).map((name) => formOf(file(name))),
  fc.constantFrom(...HOSTILE_TEXTS).map((text) => formOf(field('metadata', text), file('a.png'))),
  fc.constantFrom(...HOSTILE_TEXTS).map((text) => formOf(field('options', text), file('a.png'))),
  fc.constantFrom(...HOSTILE_TEXTS).map((text) => formOf(field(text.slice(0, 200), '1'), file('a.png'))),
  // Thousands of parts.
  fc
    .integer({ min: 50, max: 3_000 })
    .map((count) => formOf(...Array.from({ length: count }, (_, i) => file(`${i}.png`, Buffer.from('x'))))),
  fc
    .integer({ min: 2, max: 3_000 })
    .map((count) => formOf(...Array.from({ length: count }, () => field('options', '{}')))),
  // Cut anywhere.
  fc.nat(400).map((length) => {
    const { type, bytes } = formOf(field('metadata', '{}'), file('a.png'));
    return { type, bytes: bytes.subarray(0, length) };
  }),
  // Boundaries.
  fc
    .constantFrom(
      'multipart/form-data',
      'multipart/form-data; boundary=other',
      `${TYPE}; boundary=second`,
      `multipart/form-data; boundary="${BOUNDARY}`,
      `multipart/form-data; boundary=${'b'.repeat(2_000)}`,
    )
    .map((type) => ({ type, bytes: formOf(file('a.png')).bytes })),
  // Heads of parts.
  fc
    .constantFrom(
      'Content-Disposition: form-data\r\n',
      'Content-Disposition: form-data; filename="a.png"\r\n',
      'Content-Disposition: attachment; name="file"; filename="a.png"\r\n',
      'Content-Disposition: form-data; name=file; name=options; filename=a; filename=b\r\n',
      'Content-Disposition: form-data; name="file"; filename*=UTF-8\'\'%ff%00%0d%0a.png\r\n',
      'Content-Disposition: form-data; name="file"; filename*=x-unknown\'en\'a.png\r\n',
      '',
      'X: y\r\n'.repeat(3_000),
      `X: ${'y'.repeat(200_000)}\r\n`,
      'Content-Type: multipart/mixed; boundary=inner\r\nContent-Disposition: form-data; name="file"\r\n',
      'Content-Disposition: form-data; name="options"\r\nContent-Type: application/json; charset=utf-16le\r\n',
      'Content-Disposition: form-data; name="file"; filename="a.png"\r\nContent-Transfer-Encoding: base64\r\n',
      'Content-Disposition: form-data; name="file"; filename="a.png"\r\nContent-Length: 1\r\n',
      'Content-Disposition: form-data;\r\n name="file";\r\n filename="a.png"\r\n',
      'Content-Disposition: form-data; name="_charset_"\r\n',
    )
    .map((head) => ({
      type: TYPE,
      bytes: Buffer.concat([Buffer.from(`--${BOUNDARY}\r\n${head}\r\n`), PIXEL, Buffer.from('\r\n'), END]),
    })),
  // A form in a form, and lines that nearly are the boundary.
  fc.constant(formOf(file('a.png', formOf(file('b.png')).bytes.subarray(2)))),
  fc.constant(formOf(file('a.png', Buffer.from(`\r\n--${BOUNDARY}x\r\n--${BOUNDARY.slice(1)}\r\n`.repeat(500))))),
  fc.constant({
    type: TYPE,
    bytes: Buffer.from(formOf(file('a.png')).bytes.toString('latin1').replaceAll('\r\n', '\n'), 'latin1'),
  }),
  fc.constant({ type: TYPE, bytes: Buffer.concat([formOf(file('a.png')).bytes, Buffer.alloc(50_000, 'x')]) }),
  fc.uint8Array({ maxLength: 2_000 }).map((bytes) => formOf(file('a.png', Buffer.from(bytes)))),
  fc
    .uint8Array({ maxLength: 500 })
    .map((bytes) => formOf(file('a.png', Buffer.concat([PIXEL.subarray(0, 24), Buffer.from(bytes)])))),
);
