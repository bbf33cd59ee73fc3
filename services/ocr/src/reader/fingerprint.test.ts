import { expect, test } from '@jest/globals';
import { fingerprintOfImage, fingerprintOfPdfPage } from './fingerprint.ts';
import type { ReadRequest } from './messages.ts';

const MODEL = { name: 'a', sha256: '1' };
const MODELS = { detection: MODEL, orientation: MODEL, recognition: { ...MODEL, precision: 'int8' as const } };
const RASTER = { width: 2, height: 3, channels: 1 as const, data: Uint8Array.of(1, 2, 3, 4, 5, 6) };
const REQUEST: ReadRequest = {
  kind: 'read',
  blobKey: 'jobs/1/files/0',
  dataKey: new Uint8Array(32),
  mediaType: 'image/png',
  pdfText: 'auto',
  frame: 0,
  sealContext: 'page:1:0:0',
  maxPixels: 1_000,
  cache: { reading: 'r1' },
};
const ofImage = (request: Partial<ReadRequest> = {}, models = MODELS, raster = RASTER) =>
  fingerprintOfImage({ ...REQUEST, ...request }, models, raster).toString('hex');
const ofPdf = (request: Partial<ReadRequest> = {}, models = MODELS, sha256 = 'f') =>
  fingerprintOfPdfPage({ ...REQUEST, ...request }, models, sha256).toString('hex');

test('where a page lies, and what its file is called, means nothing', () => {
  const elsewhere = { blobKey: 'jobs/2/files/7', dataKey: new Uint8Array(32).fill(1), sealContext: 'page:2:7:3' };
  expect(ofImage({ ...elsewhere, frame: 3, mediaType: 'image/tiff', maxPixels: 9 })).toBe(ofImage());
  expect(ofPdf(elsewhere)).toBe(ofPdf());
});

test('accurate is what is read with when nothing is said, and where a PDF has its text from means nothing for an image', () => {
  expect(ofImage({ setting: 'accurate' })).toBe(ofImage());
  expect(ofImage({ pdfText: 'only' })).toBe(ofImage());
});

test('other pixels, shapes, models, settings, options and programs each make another page', () => {
  const later = { barcodes: true } as Partial<ReadRequest>;
  const all = [
    ofImage(),
    ofImage({}, MODELS, { ...RASTER, data: Uint8Array.of(1, 2, 3, 4, 5, 7) }),
    ofImage({}, MODELS, { ...RASTER, width: 3, height: 2 }),
    ofImage({}, { ...MODELS, detection: { ...MODEL, sha256: '2' } }),
    ofImage({}, { ...MODELS, recognition: { ...MODEL, precision: 'float32' as 'int8' } }),
    ofImage({ setting: 'fast' }),
    ofImage(later),
    ofImage({ cache: { reading: 'r2' } }),
    ofPdf(),
    ofPdf({}, MODELS, 'e'),
    ofPdf({ frame: 1 }),
    ofPdf({ pdfText: 'never' }),
    ofPdf({ maxPixels: 2_000 }),
    ofPdf({ setting: 'fast' }),
    ofPdf(later),
    ofPdf({ cache: { reading: 'r2' } }),
  ];
  expect(new Set(all).size).toBe(all.length);
});
