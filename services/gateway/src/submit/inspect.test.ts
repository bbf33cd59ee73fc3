import { createHash } from 'node:crypto';
import { expect, test } from '@jest/globals';
import { jpeg, png, tiff } from '../test-pictures.ts';
import { type FileLimits, inspectFile } from './inspect.ts';

const LIMITS: FileLimits = { imageBytes: 1_000_000, pdfBytes: 1_000_000, bytesLeft: 1_000_000, pagePixels: 1_000_000 };

async function* pieces(bytes: Buffer, size: number): AsyncGenerator<Buffer> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

async function inspect(bytes: Buffer, options: { size?: number; limits?: Partial<FileLimits> } = {}) {
  const { bytes: through, found } = inspectFile(pieces(bytes, options.size ?? 1_000), { ...LIMITS, ...options.limits });
  const out: Uint8Array[] = [];
  for await (const piece of through) out.push(piece);
  return { ...found(), out: Buffer.concat(out) };
}

test('all bytes come through unchanged, with their number, kind and SHA-256, whatever the size of the pieces', async () => {
  const bytes = png({ bytes: 200_000 });
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  for (const size of [1_000, 4_100, 65_536, 300_000]) {
    const { out, ...found } = await inspect(bytes, { size });
    expect(out.equals(bytes)).toBe(true);
    expect(found).toEqual({ mediaType: 'image/png', bytes: 200_000, sha256 });
  }
});

test('a file that comes byte by byte is recognised', async () => {
  expect((await inspect(png(), { size: 1 })).mediaType).toBe('image/png');
});

test.each([
  ['at the start', ''],
  ['behind a line of another program', 'printed by something\r\n'],
])('a PDF is known by its mark %s', async (_, before) => {
  expect((await inspect(Buffer.from(`${before}%PDF-1.7\n%\xe2\xe3\n`, 'latin1'))).mediaType).toBe('application/pdf');
});

test('a mark of PDF far from the start makes no PDF', async () => {
  const text = Buffer.concat([Buffer.alloc(2_000, 0x61), Buffer.from('%PDF-1.7')]);
  await expect(inspect(text)).rejects.toMatchObject({ code: 'file_type_unsupported' });
});

test.each([
  ['an image', png({ bytes: 3_000 }), 'file_too_large'],
  ['a PDF', Buffer.concat([Buffer.from('%PDF-1.7\n'), Buffer.alloc(3_000, 0x20)]), undefined],
])('%s has a limit of its own', async (_, bytes, code) => {
  const outcome = inspect(bytes, { limits: { imageBytes: 2_000, pdfBytes: 4_000 } });
  if (code) await expect(outcome).rejects.toMatchObject({ code });
  else expect((await outcome).bytes).toBe(bytes.length);
});

test.each([
  ['BMP', Buffer.concat([Buffer.from('BM'), Buffer.alloc(60)]), 'image/bmp'],
  ['HEIC of a phone', ftyp('heic'), 'image/heic'],
  ['HEIF', ftyp('mif1'), 'image/heic'],
  ['AVIF', ftyp('avif'), 'image/avif'],
])('a %s is known by its first bytes', async (_, bytes, mediaType) => {
  expect((await inspect(bytes)).mediaType).toBe(mediaType);
});

function ftyp(brand: string): Buffer {
  return Buffer.concat([
    Buffer.from([0, 0, 0, 24]),
    Buffer.from(`ftyp${brand}\0\0\0\0${brand}heix`),
    Buffer.alloc(100),
  ]);
}

test('an empty file is refused', async () => {
  await expect(inspect(Buffer.alloc(0))).rejects.toMatchObject({ code: 'file_empty' });
});

test.each([
  ['text', Buffer.from('Dear Sir or Madam')],
  ['a camera raw file', Buffer.from('II\x1a\0\0\0HEAPCCDR', 'latin1')],
  ['one byte', Buffer.from([0xff])],
])('%s is refused by its bytes, whatever it is called', async (_kind, bytes) => {
  await expect(inspect(bytes)).rejects.toMatchObject({ code: 'file_type_unsupported' });
});

test('nothing of a file that is refused by its head comes through', async () => {
  const { bytes } = inspectFile(pieces(Buffer.alloc(100_000, 0x20), 1_000), LIMITS);
  const out: Uint8Array[] = [];
  const read = async () => {
    for await (const piece of bytes) out.push(piece);
  };
  await expect(read()).rejects.toMatchObject({ code: 'file_type_unsupported' });
  expect(out).toEqual([]);
});

test('a file with a byte too many is refused, one with exactly as many as may be is not', async () => {
  const bytes = png({ bytes: 5_000 });
  await expect(inspect(bytes, { limits: { imageBytes: 4_999 } })).rejects.toMatchObject({ code: 'file_too_large' });
  await expect(inspect(bytes, { limits: { bytesLeft: 4_999 } })).rejects.toMatchObject({ code: 'job_too_large' });
  expect((await inspect(bytes, { limits: { imageBytes: 5_000, bytesLeft: 5_000 } })).bytes).toBe(5_000);
});

test.each([
  ['a PNG', png({ width: 1_001, height: 1_000 })],
  ['a JPEG', jpeg({ width: 1_001, height: 1_000 })],
  ['a JPEG with a thumbnail before its size', jpeg({ width: 1_001, height: 1_000, exifBytes: 40_000 })],
  ['a TIFF', tiff(1_001, 1_000, { width: 1, height: 1 })],
])('%s whose header says a pixel row too many is refused', async (_kind, bytes) => {
  await expect(inspect(bytes)).rejects.toMatchObject({ code: 'too_many_pixels' });
});

test('as many pixels as may be are let through', async () => {
  expect((await inspect(png({ width: 1_000, height: 1_000 }))).mediaType).toBe('image/png');
  expect((await inspect(jpeg({ width: 1_000, height: 1_000 }))).mediaType).toBe('image/jpeg');
});

test('what follows the first directory of a TIFF is not taken for its size', async () => {
  const bytes = tiff(10, 10, { width: 4_000_000, height: 4_000_000 });
  expect((await inspect(bytes)).mediaType).toBe('image/tiff');
});

test('a PNG with a large chunk before its pixels, and a TIFF with its directory at the end, are recognised', async () => {
  expect((await inspect(png({ profileBytes: 50_000 }))).mediaType).toBe('image/png');
  const directoryAtEnd = Buffer.concat([Buffer.from([0x4d, 0x4d, 0, 42, 0, 0, 0x40, 0]), Buffer.alloc(0x4100)]);
  expect((await inspect(directoryAtEnd)).mediaType).toBe('image/tiff');
});

test('a header that does not tell the size is left to the decoder', async () => {
  expect((await inspect(Buffer.from([0xff, 0xd8, 0xff, 0xe1, 0xff, 0xff, 1, 2, 3]))).mediaType).toBe('image/jpeg');
  expect((await inspect(Buffer.from('II*\0\xff\xff\xff\x7f', 'latin1'))).mediaType).toBe('image/tiff');
});
