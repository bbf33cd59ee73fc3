import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { jobContext, openBlobStore, openBytes, pageContext, parseMasterKeys, unwrapDataKey } from '@docusnap/blobs';
import { blobPrefixOf, PageText, type Rendition, renditionKeyOf } from '@docusnap/contracts';
import { eraseJob, readPageImageRow, readPageRow } from '@docusnap/db';
import { drawPage, makePdf } from '@docusnap/testing';
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import sharp from 'sharp';
import { type Replica, startReplica } from './rehearsal/replica.ts';
import { type SpawnedService, spawnService } from './rehearsal/spawned.ts';
import { openStage, type Stage } from './rehearsal/stage.ts';

let stage: Stage;
beforeAll(async () => {
  stage = await openStage('postgres');
});
afterAll(() => stage.close());

const rowOf = (id: string, number = 1) => readPageImageRow(stage.api, stage.tenantId, id, number);

/** Resolves once it is known what became of the page's images. */
async function outcomeOf(id: string, number = 1): Promise<string> {
  for (;;) {
    const { renditions } = await rowOf(id, number);
    if (renditions !== null) return renditions;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

async function dataKeyOf(id: string): Promise<Buffer> {
  const { key } = await rowOf(id);
  return unwrapDataKey(parseMasterKeys(stage.environment.MASTER_KEY!), key, jobContext(id));
}

async function storedOf(id: string, rendition: Rendition, frame = 0): Promise<Buffer> {
  const blobs = openBlobStore(stage.blobFolder);
  return Buffer.concat(await Array.fromAsync(blobs.get(renditionKeyOf(id, 0, frame, rendition), await dataKeyOf(id))));
}

describe('with real readers', () => {
  let service: SpawnedService;
  beforeAll(async () => {
    service = await spawnService(stage, { OCR_READERS: '1' });
  });
  afterAll(async () => {
    service.kill('SIGKILL');
    await service.exited;
  });

  /** The two images of a page, and its text. */
  async function seen(id: string, number = 1) {
    expect(await outcomeOf(id, number)).toBe('made');
    const { page, sealed } = await readPageRow(stage.api, stage.tenantId, id, number);
    const json = await openBytes(await dataKeyOf(id), pageContext(id, page.fileIndex, page.fileFrame), sealed!);
    const [small, large] = [await storedOf(id, 'small', number - 1), await storedOf(id, 'large', number - 1)];
    return { text: PageText.parse(JSON.parse(json.toString())), small, large };
  }
  const shapeOf = async (jpeg: Buffer) => {
    const { format, width, height, channels, orientation } = await sharp(jpeg).metadata();
    return { format, width, height, channels, orientation };
  };

  test('a photograph that is turned by its EXIF has two images that stand as its text does', async () => {
    const lines = [{ text: 'The upper left corner', x: 60, y: 120, size: 60 }];
    const upright = await drawPage({ width: 1_800, height: 1_200, lines });
    const bytes = await sharp(upright).rotate(-90).jpeg().withMetadata({ orientation: 6 }).toBuffer();
    const id = await stage.submit([bytes], { mediaType: 'image/jpeg' });
    await stage.ended(id);
    const { text, small, large } = await seen(id);
    expect([text.width, text.height]).toEqual([1_800, 1_200]);
    // The page is drawn in greys, and so are its images.
    const jpeg = { format: 'jpeg', channels: 1, orientation: undefined };
    expect(await shapeOf(large)).toEqual({ ...jpeg, width: 1_600, height: 1_067 });
    expect(await shapeOf(small)).toEqual({ ...jpeg, width: 320, height: 213 });
    // Where the text was read, there is ink in the image.
    const [left, top] = text.blocks[0]!.lines[0]!.quad[0];
    const [right, bottom] = text.blocks[0]!.lines[0]!.quad[2];
    const scale = 1_600 / text.width;
    const inkOf = async (box: { left: number; top: number; width: number; height: number }) =>
      // Statistics are of the picture as it comes in.
      255 - (await sharp(await sharp(large).extract(box).png().toBuffer()).stats()).channels[0]!.mean;
    const [width, height] = [Math.round((right - left) * scale), Math.round((bottom - top) * scale)];
    const printed = { left: Math.round(left * scale), top: Math.round(top * scale), width, height };
    expect(await inkOf(printed)).toBeGreaterThan(25);
    expect(await inkOf({ ...printed, top: printed.top + 600 })).toBeLessThan(15);
  });

  test('pages of a PDF have them too, rendered or with a text layer alone, turned as they are shown', async () => {
    const texts = [{ text: 'Words of a text layer', x: 30, y: 400, size: 14 }];
    const bytes = makePdf([
      { width: 420, height: 595, texts },
      { width: 420, height: 595, texts, rotate: 90 },
    ]);
    const layer = await stage.submit([bytes], { mediaType: 'application/pdf' });
    const pixels = await stage.submit([bytes], {
      mediaType: 'application/pdf',
      options: { pdf: { text: 'never' } },
    });
    for (const id of [layer, pixels]) {
      await stage.ended(id);
      for (const number of [1, 2]) {
        const { text, small, large } = await seen(id, number);
        expect(text.source).toBe(id === layer ? 'text-layer' : 'ocr');
        expect(text.width > text.height).toBe(number === 2);
        for (const jpeg of [small, large]) {
          const { width, height, channels } = await shapeOf(jpeg);
          // Without colour there is one channel.
          expect(channels).toBe(1);
          expect(Math.abs(width! / height! - text.width / text.height)).toBeLessThan(0.01);
          expect((await sharp(jpeg).stats()).channels[0]!.min).toBeLessThan(150);
        }
        expect((await shapeOf(large)).width).toBe(Math.min(1_600, text.width));
      }
    }
  });

  test('each page of a TIFF has its own, the large one large enough to be printed from', async () => {
    const page = async (text: string) =>
      sharp(await drawPage({ width: 1_700, height: 2_200, lines: [{ text, x: 100, y: 200, size: 90 }] }));
    const [first, second] = [await page('First'), await page('Second page')];
    const pages = await Promise.all([first, second].map((one) => one.png().toBuffer()));
    const bytes = await sharp(pages, { join: { animated: true } })
      .tiff({ compression: 'lzw' })
      .toBuffer();
    const id = await stage.submit([bytes], { mediaType: 'image/tiff' });
    expect(await stage.ended(id)).toMatchObject({ status: 'completed', pagesTotal: 2 });
    const [one, two] = [await seen(id, 1), await seen(id, 2)];
    expect(await shapeOf(one.large)).toMatchObject({ width: 1_700, height: 2_200 });
    expect(one.large.equals(two.large)).toBe(false);
  });

  test('a job that nobody looks at has none', async () => {
    const picture = await drawPage({ width: 600, height: 400, lines: [{ text: 'Unseen', x: 60, y: 120, size: 60 }] });
    const unseen = await stage.submit([picture], { mediaType: 'image/png', options: { renditions: false } });
    expect(await stage.ended(unseen)).toMatchObject({ status: 'completed' });
    // The one reader is through with it once another job's are made.
    const shown = await stage.submit([picture], { mediaType: 'image/png' });
    await stage.ended(shown);
    expect(await outcomeOf(shown)).toBe('made');
    expect((await rowOf(unseen)).renditions).toBeNull();
    expect(await readdir(join(stage.blobFolder, blobPrefixOf(unseen)))).toEqual(['files']);
  });

  test('they are sealed, timed and told in the log without a word of the page', async () => {
    const sample = new URL('../../../deploy/embedded/sample/invoice.jpg', import.meta.url);
    const id = await stage.submit([await readFile(sample)], { mediaType: 'image/jpeg' });
    await stage.ended(id);
    expect(await outcomeOf(id)).toBe('made');
    const path = join(stage.blobFolder, renditionKeyOf(id, 0, 0, 'large'));
    expect((await readFile(path)).indexOf(Buffer.of(0xff, 0xd8, 0xff))).not.toBe(0);
    await service.reaches('docusnap_renditions_total', 1, { code: 'ok' });
    const said = () =>
      service.log.map((line) => JSON.parse(line)).filter(({ msg, job }) => msg === 'renditions' && job === id);
    while (said().length === 0) await new Promise((resolve) => setTimeout(resolve, 10));
    const lines = said();
    expect(lines).toMatchObject([{ stages: { renditions: expect.any(Number) }, bytes: { large: expect.any(Number) } }]);
    await service.reaches('docusnap_stage_seconds_count', 1, { stage: 'renditions' });
  });
});

describe('when they are slow or fail', () => {
  let replica: Replica;
  beforeAll(async () => {
    replica = await startReplica(stage);
  });
  afterEach(async () => {
    await stage.sql('DELETE FROM units');
  });
  afterAll(() => replica.stop());

  const blobsOf = (id: string) =>
    readdir(join(stage.blobFolder, blobPrefixOf(id)), { recursive: true }).catch(() => []);

  test('nobody who waits for the page waits for its images', async () => {
    const marker = join(stage.blobFolder, 'marker-waits');
    const id = await stage.submit([{ renderHoldUntil: marker }]);
    const job = await stage.ended(id);
    expect(job.status).toBe('completed');
    expect((await rowOf(id)).renditions).toBeNull();
    await writeFile(marker, '');
    expect(await outcomeOf(id)).toBe('made');
  });

  test('pages that were had without their pixels get their images when readers are idle', async () => {
    const id = await stage.submit([{ frames: 12, hasTextLayer: true, renderHoldMs: 20 }]);
    expect((await stage.ended(id)).status).toBe('completed');
    for (let number = 1; number <= 12; number += 1) expect(await outcomeOf(id, number)).toBe('made');
    expect((await storedOf(id, 'small', 11)).toString()).toBe('small of 11');
  });

  test('a page whose images cannot be made is a page all the same', async () => {
    const failed = await replica.metric('docusnap_renditions_total', { code: 'page_too_complex' });
    const id = await stage.submit([{ renderFails: true }]);
    expect(await stage.ended(id)).toMatchObject({ status: 'completed', pagesDone: 1, pagesFailed: 0 });
    expect(await outcomeOf(id)).toBe('failed');
    const counted = await replica.reaches('docusnap_renditions_total', failed + 1, { code: 'page_too_complex' });
    expect(counted).toBe(failed + 1);
  });

  test('a reader that dies of making them is replaced, and costs the page nothing', async () => {
    const id = await stage.submit([{ renderDies: true }]);
    expect(await stage.ended(id)).toMatchObject({ status: 'completed', pagesDone: 1 });
    expect(await outcomeOf(id)).toBe('failed');
    const { page } = await readPageRow(stage.api, stage.tenantId, id, 1);
    expect(page.attempts).toBe(1);
    expect((await stage.ended(await stage.submit([{ frames: 2 }]))).status).toBe('completed');
  });

  test('images that come when their job was erased do not stay', async () => {
    const made = await replica.metric('docusnap_renditions_total', { code: 'ok' });
    const marker = join(stage.blobFolder, 'marker-erased');
    const id = await stage.submit([{ renderHoldUntil: marker }]);
    await stage.ended(id);
    await eraseJob(stage.api, stage.tenantId, id);
    await writeFile(marker, '');
    await replica.reaches('docusnap_renditions_total', made + 1, { code: 'ok' });
    while ((await blobsOf(id)).length > 0) await new Promise((resolve) => setTimeout(resolve, 10));
    expect(await blobsOf(id)).toEqual([]);
  });
});
