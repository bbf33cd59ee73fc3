import { expect, test } from '@jest/globals';
import { readImageHead } from './image-head.ts';

async function* once(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes;
}

/** A PNG of a header, a palette and one empty run of pixels. */
function pngOf({ width, type, palette }: { width: number; type: number; palette: number }): Buffer {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(1, 4);
  header.set([8, type], 8);
  const chunk = (name: string, data: Buffer): Buffer => {
    const length = Buffer.alloc(4);
    length.writeUInt32BE(data.length);
    return Buffer.concat([length, Buffer.from(name, 'latin1'), data, Buffer.alloc(4)]);
  };
  const signature = Buffer.from('\x89PNG\r\n\x1a\n', 'latin1');
  return Buffer.concat([
    signature,
    chunk('IHDR', header),
    chunk('PLTE', Buffer.alloc(palette)),
    chunk('IDAT', Buffer.alloc(0)),
  ]);
}

test('a palette of more colours than there are numbers for is damaged, whatever it would cost to write it out', async () => {
  const head = (palette: number) => readImageHead('image/png', once(pngOf({ width: 8, type: 3, palette })));
  expect(await head(768)).toMatchObject({ kind: 'png', palette: new Uint8Array(768).fill(0) });
  for (const palette of [0, 4, 771, 3_000_000]) expect(await head(palette)).toBe(null);
});

test('rows too long to be taken apart in memory are refused before the first of them', async () => {
  const head = (width: number, type: number) => readImageHead('image/png', once(pngOf({ width, type, palette: 0 })));
  await expect(head(90_000_000, 6)).rejects.toMatchObject({ code: 'not_acceptable' });
  expect(await head(90_000_000, 2)).toMatchObject({ width: 90_000_000 });
});
