import { linesOf, PageText } from '@docusnap/contracts';
import { readPage, type Session } from '@docusnap/engine';
import { drawPage, type PageDrawing, temporaryFolder } from '@docusnap/testing';
import { expect, test } from '@jest/globals';
import sharp from 'sharp';
import { decodeFrame } from '../../decode/decode-frame.ts';
import { openReaders } from '../../readers/pool.ts';
import { loadModels } from '../load.ts';
import { prepareModels } from '../prepared/prepare.ts';
import { openBatchingSession } from './batching-session.ts';
import { openPaddedSession } from './padded-session.ts';

/** What a GPU would be given, given to the processor: real models, so that batches and fillings are seen to change no text. */

const WORDS = ['Delivery', 'of 14 boxes', 'to the harbour', 'before noon on Friday', 'signed by the clerk'];
const LINES = 10;
/** Lines of unlike length, on a small page. */
const drawing: PageDrawing = {
  width: 700,
  height: 480,
  lines: Array.from({ length: LINES }, (_, line) => ({
    text: WORDS.slice(0, 1 + (line % WORDS.length)).join(' '),
    x: 30,
    y: 50 + 44 * line,
    size: 22,
  })),
};
/** Milliseconds: on a machine that has other work too. */
const SLOW = 120_000;

function counted(session: Session, shapes: string[]): Session {
  return {
    ...session,
    run: (inputs) => {
      shapes.push(Object.values(inputs)[0]!.dims.join('x'));
      return session.run(inputs);
    },
  };
}

test('a page that is read in batches and filled up has the text that it has otherwise, in few shapes', async () => {
  const { models } = await loadModels({ precision: 'float32' });
  const page = await decodeFrame(await drawPage(drawing), 0, { maxPixels: 1e8 });
  const plain = linesOf(await readPage(models, page)).map(({ text }) => text);
  const shapes: string[] = [];
  const batched = {
    ...models,
    recognition: openBatchingSession(counted(models.recognition, shapes)),
    detection: openPaddedSession(models.detection),
  };
  const lines = linesOf(await readPage(batched, page, { lanes: 32 })).map(({ text }) => text);
  expect(lines).toHaveLength(LINES);
  expect(lines).toEqual(plain);
  expect(shapes.length).toBeLessThan(lines.length);
  expect(shapes.some((shape) => shape.startsWith('16x') || shape.startsWith('4x'))).toBe(true);
});

test('one process reads two pages at once, each asker gets its own, and the process is one', async () => {
  const folder = await temporaryFolder();
  await prepareModels(folder.path, ['pp-ocrv4-mobile'], { provider: 'cpu', precision: 'float32' });
  const readers = await openReaders({
    count: 2,
    seats: 2,
    pageThreads: 1,
    maxPages: 100,
    maxRssBytes: 4 * 1024 ** 3,
    pageTimeoutMs: SLOW,
    startTimeoutMs: SLOW,
    environment: { OCR_EXECUTION_PROVIDER: 'cpu', PREPARED_MODELS_DIR: folder.path, PATH: process.env.PATH ?? '' },
    script: new URL('../../reader/main.ts', import.meta.url),
    onRecycle: () => undefined,
    onStartFailed: () => undefined,
  });
  try {
    const print = await drawPage(drawing);
    const create = { width: 64, height: 64, channels: 3, background: '#ffffff' } as const;
    const blank = await sharp({ create }).png().toBuffer();
    const loans = await Promise.all([readers.borrow('direct'), readers.borrow('direct')]);
    expect(new Set(loans.map(({ pid }) => pid)).size).toBe(1);
    const ended: number[] = [];
    const pages = await Promise.all(
      [print, blank].map(async (bytes, index) => {
        const reply = await loans[index]!.ask({ kind: 'readBytes', bytes, maxPixels: 1e8 });
        ended.push(index);
        return PageText.parse(JSON.parse(reply.page));
      }),
    );
    expect(linesOf(pages[0]!)).toHaveLength(LINES);
    expect([pages[1]!.width, linesOf(pages[1]!).length]).toEqual([64, 0]);
    expect(readers.state().start).toMatchObject({ imports: expect.any(Number), models: expect.any(Number) });
    expect(ended).toEqual([1, 0]);
  } finally {
    await readers.close();
    await folder.remove();
  }
});
