import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { newDataKey, newMasterKey, openBlobStore, parseMasterKeys } from '@docusnap/blobs';
import { AppError, PageText } from '@docusnap/contracts';
import { type TemporaryFolder, temporaryFolder } from '@docusnap/testing';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { decodeFrame } from '../decode/decode-frame.ts';
import { prepareModels } from '../models/prepared/prepare.ts';
import { findModelSet } from '../models/registry.ts';
import { type ReaderProcess, startReaderProcess } from '../readers/process.ts';
import { damagedBytes, randomBytes } from './damaged-bytes.ts';
import { drawnImages, drawnPdfs } from './drawn-files.ts';

/**
 * Whatever bytes arrive, a reader answers with a page or with an AppError that tells the caller what is wrong with the file, and goes on. A real
 * reader, for what breaks a native decoder would end this test too: a reader that dies, hangs or throws what nobody expected is a
 * ReaderLost, which fails the test with the bytes.
 */

/** Of each property. */
const IMAGES = 150;
const PDFS = 80;
/** The drawn pictures have 4,608, a drawn page of a PDF has 60,000 to 320,000. */
const MOST_PIXELS = 400_000;
/** A reader is given up when one file takes it longer. */
const MOST_MILLISECONDS = 20_000;
const SLOW = 120_000;
/** What a file may be refused with. */
const REFUSALS =
  /^(file_empty|file_type_unsupported|file_undecodable|file_truncated|too_many_pixels|password_needed|password_wrong|page_too_complex)$/;

let folder: TemporaryFolder;
let reader: ReaderProcess;
let images: ReadonlyMap<string, Buffer>;
let pdfs: ReadonlyMap<string, Buffer>;

beforeAll(async () => {
  folder = await temporaryFolder('damage');
  [images, pdfs] = [await drawnImages(), await drawnPdfs()];
  const prepared = join(folder.path, 'prepared');
  await mkdir(prepared);
  await prepareModels(prepared, [findModelSet().name], { provider: 'cpu' });
  reader = await startReaderProcess({
    script: new URL('../reader/main.ts', import.meta.url),
    environment: { BLOB_DIR: folder.path, OCR_EXECUTION_PROVIDER: 'cpu', PREPARED_MODELS_DIR: prepared },
    startTimeoutMs: SLOW,
    requestTimeoutMs: MOST_MILLISECONDS,
  });
});
afterAll(async () => {
  await reader.kill();
  await folder.remove();
});

/** How the work ended: 'read', or the code of the AppError; anything else is thrown on. */
async function endOf(work: Promise<unknown>): Promise<string> {
  try {
    await work;
    return 'read';
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    expect(error.code).toMatch(REFUSALS);
    return error.code;
  }
}

async function readImage(bytes: Buffer): Promise<void> {
  const { page, pixels } = await reader.ask({ kind: 'readBytes', bytes, maxPixels: MOST_PIXELS }, { threads: 1 });
  expect(pixels).toBeLessThanOrEqual(MOST_PIXELS);
  const text = JSON.parse(page);
  expect(PageText.parse(text)).toEqual(text);
}

const { dataKey } = newDataKey(parseMasterKeys(newMasterKey('damage')), 'damage');
let count = 0;

/** Opens a PDF and reads its first page and its last, as a job would. */
async function readPdf(bytes: Buffer, password?: string): Promise<void> {
  const blobKey = `damage/${count++}`;
  const blobs = openBlobStore(folder.path);
  await blobs.put(blobKey, dataKey, once(bytes));
  const file = { blobKey, dataKey, mediaType: 'application/pdf', password, maxPixels: MOST_PIXELS } as const;
  try {
    const { frames } = await reader.ask({ ...file, kind: 'open' }, { threads: 1 });
    expect(frames).toBeGreaterThan(0);
    for (const frame of new Set([0, frames - 1])) {
      await reader.ask({ ...file, kind: 'read', pdfText: 'auto', frame, sealContext: 'damage' }, { threads: 1 });
    }
  } finally {
    await blobs.removePrefix('damage/');
  }
}

async function* once(bytes: Buffer): AsyncIterable<Uint8Array> {
  yield bytes;
}

test('every drawn file is read while it is whole', async () => {
  for (const [name, bytes] of images) expect([name, await endOf(readImage(bytes))]).toEqual([name, 'read']);
  for (const [name, bytes] of pdfs) {
    expect([name, await endOf(readPdf(bytes, name === 'a lock' ? 'sesame' : undefined))]).toEqual([name, 'read']);
  }
});

test('a damaged picture is read, or refused by an AppError', async () => {
  const ends = new Set<string>();
  const property = fc.asyncProperty(damagedBytes(images), async ({ bytes }) => {
    ends.add(await endOf(readImage(bytes)));
  });
  await fc.assert(property, { numRuns: IMAGES });
  expect(ends).toContain('read');
  expect(ends).toContain('file_undecodable');
});

test('a damaged PDF is read, or refused by an AppError', async () => {
  const ends = new Set<string>();
  const property = fc.asyncProperty(damagedBytes(pdfs), async ({ name, bytes }) => {
    ends.add(await endOf(readPdf(bytes, name === 'a lock' ? 'sesame' : undefined)));
  });
  await fc.assert(property, { numRuns: PDFS });
  expect(ends).toContain('read');
  expect(ends.size).toBeGreaterThan(1);
});

test('random bytes, bare or behind the first bytes of a picture or a PDF, are refused by an AppError, whichever they are taken for', async () => {
  const files = new Map([...images, ...pdfs]);
  const property = fc.asyncProperty(randomBytes(files), async (bytes) => {
    // Bytes may happen to be a tiny picture, so nothing is asked of the end but that it is one of the two.
    await endOf(decodeFrame(bytes, 0, { maxPixels: MOST_PIXELS }));
    await endOf(readPdf(bytes));
  });
  await fc.assert(property, { numRuns: IMAGES });
});

test('after all of this the reader is the same process, and reads as well as before', async () => {
  await readImage(images.get('JPEG')!);
  await readPdf(pdfs.get('text')!);
  expect(process.kill(reader.pid, 0)).toBe(true);
});
