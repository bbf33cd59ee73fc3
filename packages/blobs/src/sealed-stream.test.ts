import { createCipheriv, createHash, randomBytes } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { CHUNK_BYTES, openStream, sealStream } from './sealed-stream.ts';

const key = randomBytes(32);
const HEADER_BYTES = 36;

/** Bytes that do not compress, the same for the same seed. */
function noise(length: number, seed = 1): Buffer {
  const cipher = createCipheriv('aes-128-ctr', createHash('md5').update(String(seed)).digest(), Buffer.alloc(16));
  return cipher.update(Buffer.alloc(length));
}

async function* inPieces(bytes: Buffer, size: number): AsyncGenerator<Buffer> {
  for (let from = 0; from < bytes.length; from += size) yield bytes.subarray(from, from + size);
}

/** Header and chunks apart; they come out with the header before the first chunk. */
async function seal(bytes: Buffer, context = 'jobs/a/files/0', dataKey = key): Promise<Buffer[]> {
  const [first, ...others] = await Array.fromAsync(sealStream(dataKey, context, inPieces(bytes, 50_000)));
  return [first!.subarray(0, HEADER_BYTES), first!.subarray(HEADER_BYTES), ...others];
}

async function open(parts: readonly Buffer[], context = 'jobs/a/files/0', dataKey = key): Promise<Buffer> {
  async function* source(): AsyncGenerator<Buffer> {
    yield* inPieces(Buffer.concat(parts), 70_000);
  }
  return Buffer.concat(await Array.fromAsync(openStream(dataKey, context, source())));
}

const damaged = { name: 'AppError', code: 'blob_damaged' };

describe('a sealed stream', () => {
  test('opens to the bytes that were sealed, for any length and any pieces', async () => {
    const length = fc.oneof(
      fc.nat(4 * CHUNK_BYTES),
      fc.constantFrom(0, 1, CHUNK_BYTES - 1, CHUNK_BYTES, CHUNK_BYTES + 1, 2 * CHUNK_BYTES),
    );
    await fc.assert(
      fc.asyncProperty(length, fc.integer({ min: 1_000, max: 300_000 }), fc.boolean(), async (bytes, piece, packs) => {
        const plain = packs ? Buffer.alloc(bytes, 'text that repeats ') : noise(bytes);
        const sealed = sealStream(key, 'c', inPieces(plain, piece));
        const opened = await Array.fromAsync(openStream(key, 'c', sealed));
        expect(Buffer.concat(opened).equals(plain)).toBe(true);
      }),
      { numRuns: 40 },
    );
  });

  test('is smaller than text, and hardly larger than what does not compress', async () => {
    const text = Buffer.concat(await seal(Buffer.alloc(1_000_000, 'text that repeats ')));
    expect(text.length).toBeLessThan(10_000);
    const photograph = Buffer.concat(await seal(noise(1_000_000)));
    expect(photograph.length).toBeLessThan(1_000_300);
  });

  test('packs text that follows a photograph', async () => {
    const mixed = Buffer.concat([noise(CHUNK_BYTES), Buffer.alloc(20 * CHUNK_BYTES, 'text that repeats ')]);
    expect(Buffer.concat(await seal(mixed)).length).toBeLessThan(10 * CHUNK_BYTES);
  });

  test('shows nothing of what it holds and is another each time', async () => {
    const plain = Buffer.from('INVOICE 2026-0815');
    const [first, second] = [Buffer.concat(await seal(plain)), Buffer.concat(await seal(plain))];
    expect(first.includes('INVOICE')).toBe(false);
    expect(first.equals(second)).toBe(false);
  });

  test('is refused when any one bit is another', async () => {
    const sealed = Buffer.concat(await seal(noise(CHUNK_BYTES + 500)));
    const anywhere = fc.oneof(fc.nat(sealed.length - 1), fc.nat(HEADER_BYTES + 8), fc.constant(sealed.length - 1));
    await fc.assert(
      fc.asyncProperty(anywhere, fc.nat(7), async (at, bit) => {
        const altered = Buffer.from(sealed);
        altered[at]! ^= 1 << bit;
        await expect(open([altered])).rejects.toMatchObject(damaged);
      }),
      { numRuns: 100 },
    );
  });

  test('is refused when it is cut short anywhere, between two chunks too', async () => {
    const parts = await seal(noise(3 * CHUNK_BYTES));
    const sealed = Buffer.concat(parts);
    for (let kept = 0; kept < parts.length; kept += 1) {
      await expect(open(parts.slice(0, kept))).rejects.toMatchObject(damaged);
    }
    await fc.assert(
      fc.asyncProperty(fc.nat(sealed.length - 1), async (length) => {
        await expect(open([sealed.subarray(0, length)])).rejects.toMatchObject(damaged);
      }),
      { numRuns: 30 },
    );
  });

  test('is refused with chunks swapped, dropped, repeated or added, or followed by anything', async () => {
    const [header, one, two, three] = (await seal(noise(3 * CHUNK_BYTES))) as [Buffer, Buffer, Buffer, Buffer];
    expect((await open([header, one, two, three])).length).toBe(3 * CHUNK_BYTES);
    await expect(open([header, two, one, three])).rejects.toMatchObject(damaged);
    await expect(open([header, one, three])).rejects.toMatchObject(damaged);
    await expect(open([header, one, one, two, three])).rejects.toMatchObject(damaged);
    await expect(open([header, one, two, three, three])).rejects.toMatchObject(damaged);
    await expect(open([header, one, two, three, Buffer.of(0)])).rejects.toMatchObject(damaged);
  });

  test('is refused with the chunks or the header of another stream of the same key', async () => {
    const [header, one, two] = (await seal(noise(2 * CHUNK_BYTES, 1))) as [Buffer, Buffer, Buffer];
    const [otherHeader, otherOne] = (await seal(noise(2 * CHUNK_BYTES, 2))) as [Buffer, Buffer, Buffer];
    await expect(open([header, otherOne, two])).rejects.toMatchObject(damaged);
    await expect(open([otherHeader, one, two])).rejects.toMatchObject(damaged);
  });

  test('is refused under another context and under another key', async () => {
    const parts = await seal(noise(1_000));
    await expect(open(parts, 'jobs/b/files/0')).rejects.toMatchObject(damaged);
    await expect(open(parts, 'jobs/a/files/0', randomBytes(32))).rejects.toMatchObject(damaged);
  });

  test('claiming a huge chunk is refused before its bytes are gathered', async () => {
    const [header] = await seal(noise(10));
    let pulled = 0;
    async function* endless(): AsyncGenerator<Buffer> {
      yield header!;
      yield Buffer.from([0x7f, 0xff, 0xff, 0xff]);
      for (;;) {
        pulled += 1;
        yield Buffer.alloc(65_536);
      }
    }
    const reading = Array.fromAsync(openStream(key, 'jobs/a/files/0', endless()));
    await expect(reading).rejects.toMatchObject(damaged);
    expect(pulled).toBe(0);
  });

  test('passes the error of its source on as it is, sealing and opening', async () => {
    const lost = new Error('the client went away');
    async function* failing(bytes: Buffer): AsyncGenerator<Buffer> {
      yield bytes;
      throw lost;
    }
    await expect(Array.fromAsync(sealStream(key, 'c', failing(noise(10))))).rejects.toBe(lost);
    const [header] = await seal(noise(10));
    await expect(Array.fromAsync(openStream(key, 'c', failing(header!)))).rejects.toBe(lost);
  });

  test('is never more than three chunks ahead of a slow reader, sealing and opening 200 MiB', async () => {
    const piece = noise(CHUNK_BYTES);
    const total = 200 * 1024 * 1024;
    let pulled = 0;
    async function* source(): AsyncGenerator<Buffer> {
      while (pulled < total) {
        pulled += piece.length;
        yield piece;
      }
    }
    let sealedBytes = 0;
    let furthestAhead = 0;
    async function* watched(): AsyncGenerator<Buffer> {
      for await (const part of sealStream(key, 'c', source())) {
        sealedBytes += part.length;
        furthestAhead = Math.max(furthestAhead, pulled - sealedBytes);
        yield part;
      }
    }
    let opened = 0;
    for await (const bytes of openStream(key, 'c', watched())) {
      opened += bytes.length;
      furthestAhead = Math.max(furthestAhead, sealedBytes - opened);
    }
    expect(opened).toBe(total);
    expect(furthestAhead).toBeLessThan(3 * CHUNK_BYTES);
  });
});
