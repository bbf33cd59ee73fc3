import { randomBytes } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { pageContext } from './contexts.ts';
import { openBytes, sealBytes } from './sealed-bytes.ts';

const key = randomBytes(32);
const context = pageContext('0198f3a2-0000-7000-8000-000000000001', 0, 2);
const damaged = { name: 'AppError', code: 'blob_damaged' };

describe('sealed bytes', () => {
  test('open to what was sealed, for any bytes', async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 5_000 }), async (bytes) => {
        expect(await openBytes(key, context, sealBytes(key, context, bytes))).toEqual(Buffer.from(bytes));
      }),
    );
  });

  test('are compressed, show nothing, and differ each time', async () => {
    const text = Buffer.from(JSON.stringify({ lines: Array.from({ length: 500 }, () => ({ text: 'Total 12.50' })) }));
    const [first, second] = await Promise.all([sealBytes(key, context, text), sealBytes(key, context, text)]);
    expect(first.length).toBeLessThan(text.length / 10);
    expect(first.includes('Total')).toBe(false);
    expect(first.equals(second)).toBe(false);
  });

  test('are refused when altered anywhere or cut short', async () => {
    const sealed = sealBytes(key, context, Buffer.from('Total 12.50'));
    for (let at = 0; at < sealed.length; at += 1) {
      const altered = Buffer.from(sealed);
      altered[at]! ^= 0x10;
      await expect(openBytes(key, context, altered)).rejects.toMatchObject(damaged);
      await expect(openBytes(key, context, sealed.subarray(0, at))).rejects.toMatchObject(damaged);
    }
  });

  test("are refused under another page's context or another job's key", async () => {
    const sealed = sealBytes(key, context, Buffer.from('Total 12.50'));
    const other = pageContext('0198f3a2-0000-7000-8000-000000000001', 2, 0);
    await expect(openBytes(key, other, sealed)).rejects.toMatchObject(damaged);
    await expect(openBytes(randomBytes(32), context, sealed)).rejects.toMatchObject(damaged);
  });

  test('may come as a view into a larger buffer, as database rows do', async () => {
    const sealed = sealBytes(key, context, Buffer.from('Total 12.50'));
    const row = Buffer.concat([randomBytes(7), sealed, randomBytes(9)]);
    const view = new Uint8Array(row.buffer, row.byteOffset + 7, sealed.length);
    expect((await openBytes(key, context, view)).toString()).toBe('Total 12.50');
  });
});
