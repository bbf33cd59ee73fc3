import fc from 'fast-check';

/** One thing that befalls a file. Places are parts of its length, 0..1. */
type Damage =
  | { readonly kind: 'set'; readonly at: number; readonly values: Uint8Array }
  | { readonly kind: 'cut'; readonly at: number; readonly length: number }
  | { readonly kind: 'repeat'; readonly at: number; readonly length: number }
  | { readonly kind: 'end'; readonly at: number }
  | { readonly kind: 'number'; readonly at: number; readonly text: string };

/** Numbers that a file written in text (PDF) should not say. */
const NUMBERS = ['0', '-1', '7', '255', '65536', '99999999', '2147483647', '4294967296', '0.0001', '-1e38'] as const;
const DIGITS = /\d+/g;

/** Every other place lies in the first twentieth of the file: headers are where most decisions are made. */
const place = fc
  .tuple(fc.boolean(), fc.double({ min: 0, max: 1, noNaN: true }))
  .map(([early, part]) => (early ? part / 20 : part));
const length = fc.integer({ min: 1, max: 64 });

const damage: fc.Arbitrary<Damage> = fc.oneof(
  fc.record({ kind: fc.constant('set' as const), at: place, values: fc.uint8Array({ minLength: 1, maxLength: 4 }) }),
  fc.record({
    kind: fc.constant('set' as const),
    at: place,
    values: fc.constantFrom(Uint8Array.of(0), Uint8Array.of(255), new Uint8Array(8), new Uint8Array(4).fill(255)),
  }),
  fc.record({ kind: fc.constant('cut' as const), at: place, length }),
  fc.record({ kind: fc.constant('repeat' as const), at: place, length }),
  fc.record({ kind: fc.constant('number' as const), at: place, text: fc.constantFrom(...NUMBERS) }),
  fc.record({ kind: fc.constant('end' as const), at: fc.double({ min: 0, max: 1, noNaN: true }) }),
);

/** One of the files, with some damage: bytes set, cut out, doubled, numbers exchanged, the end missing. */
export function damagedBytes(files: ReadonlyMap<string, Buffer>): fc.Arbitrary<{ name: string; bytes: Buffer }> {
  return fc
    .tuple(fc.constantFrom(...files.keys()), fc.array(damage, { minLength: 1, maxLength: 5 }))
    .map(([name, all]) => ({ name, bytes: all.reduce(damaged, files.get(name)!) }));
}

/** Bytes of no file at all, many of them behind the first bytes of a real one. */
export function randomBytes(files: ReadonlyMap<string, Buffer>): fc.Arbitrary<Buffer> {
  const heads = [...files.values()].flatMap((bytes) => [4, 16, 40].map((count) => bytes.subarray(0, count)));
  return fc
    .tuple(fc.constantFrom(Buffer.alloc(0), ...heads), fc.uint8Array({ minLength: 1, maxLength: 600 }))
    .map((parts) => Buffer.concat(parts));
}

function damaged(bytes: Buffer, what: Damage): Buffer {
  const at = Math.min(bytes.length, Math.floor(what.at * bytes.length));
  switch (what.kind) {
    case 'set': {
      const out = Buffer.from(bytes);
      out.set(what.values.subarray(0, bytes.length - at), at);
      return out;
    }
    case 'cut':
      return Buffer.concat([bytes.subarray(0, at), bytes.subarray(at + what.length)]);
    case 'repeat':
      return Buffer.concat([bytes.subarray(0, at + what.length), bytes.subarray(at)]);
    case 'end':
      return bytes.subarray(0, Math.max(1, at));
    case 'number': {
      // Latin-1 keeps each byte a character, so binary parts come through.
      const text = bytes.toString('latin1');
      DIGITS.lastIndex = at;
      const found = DIGITS.exec(text);
      if (found === null) return bytes;
      return Buffer.from(text.slice(0, found.index) + what.text + text.slice(found.index + found[0].length), 'latin1');
    }
  }
}
