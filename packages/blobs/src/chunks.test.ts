import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { inChunks, readBytes } from './chunks.ts';

async function* piecesOf(lengths: readonly number[]): AsyncGenerator<Buffer> {
  let value = 0;
  for (const length of lengths) {
    yield Buffer.from(Array.from({ length }, () => value++ % 251));
  }
}

async function wholeOf(lengths: readonly number[]): Promise<Buffer> {
  return Buffer.concat(await Array.fromAsync(piecesOf(lengths)));
}

test('chunks hold the same bytes whatever pieces they came in, all full but the last, which alone says so', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.nat(40), { maxLength: 12 }),
      fc.integer({ min: 1, max: 32 }),
      async (lengths, size) => {
        const chunks = await Array.fromAsync(inChunks(piecesOf(lengths), size));
        expect(Buffer.concat(chunks.map(({ bytes }) => bytes))).toEqual(await wholeOf(lengths));
        expect(chunks.map(({ last }) => last)).toEqual(chunks.map((_, index) => index === chunks.length - 1));
        expect(chunks.slice(0, -1).every(({ bytes }) => bytes.length === size)).toBe(true);
        expect(chunks.length === 1 || chunks.at(-1)!.bytes.length > 0).toBe(true);
      },
    ),
  );
});

test('a reader gives the lengths asked for, null when the stream ends before them, and knows the end', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.nat(20), { maxLength: 8 }),
      fc.array(fc.nat(30), { maxLength: 8 }),
      async (lengths, asked) => {
        const whole = await wholeOf(lengths);
        const reader = readBytes(piecesOf(lengths));
        let at = 0;
        for (const count of asked) {
          const taken = await reader.take(count);
          if (at + count > whole.length) {
            expect(taken).toBeNull();
            break;
          }
          expect(taken).toEqual(whole.subarray(at, at + count));
          at += count;
        }
        expect(await reader.atEnd()).toBe(at === whole.length);
      },
    ),
  );
});

test('a reader that is closed early lets its source clean up', async () => {
  let cleaned = false;
  async function* source(): AsyncGenerator<Buffer> {
    try {
      yield Buffer.from('some');
      yield Buffer.from('more');
    } finally {
      cleaned = true;
    }
  }
  const reader = readBytes(source());
  await reader.take(2);
  await reader.close();
  expect(cleaned).toBe(true);
});
