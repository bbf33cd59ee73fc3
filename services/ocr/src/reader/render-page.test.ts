import { setTimeout as pause } from 'node:timers/promises';
import { AppError, type Rendition } from '@docusnap/contracts';
import { expect, test } from '@jest/globals';
import { openLastPages } from './last-page.ts';
import { renderPage } from './render-page.ts';

const REQUEST = {
  kind: 'render' as const,
  blobKey: 'jobs/1/files/0',
  dataKey: new Uint8Array(32),
  mediaType: 'image/jpeg' as const,
  frame: 0,
  size: { width: 60, height: 40 },
  maxPixels: 10_000,
  renditionKeys: { small: 'small', large: 'large' },
};

/** A page that was just read, and a store that does with each image as it is told. */
function darkroom(put: (rendition: Rendition, bytes: Buffer) => Promise<void>) {
  const lastPages = openLastPages();
  lastPages.keep({ ...REQUEST, raster: { width: 60, height: 40, channels: 1, data: new Uint8Array(2_400).fill(200) } });
  const never = () => {
    throw new Error('The pixels were at hand.');
  };
  const blobs = {
    get: never,
    put: async (key: string, _dataKey: Buffer, source: AsyncIterable<Uint8Array>) =>
      put(key as Rendition, Buffer.concat(await Array.fromAsync(source))),
  };
  return { blobs, files: { fetch: never, openAt: never }, pdfs: { use: never }, lastPages } as never;
}

test('it answers once both images are stored, the one beside the making of the other', async () => {
  const stored: string[] = [];
  const room = darkroom(async (rendition, bytes) => {
    if (rendition === 'large') await pause(100);
    stored.push(`${rendition} ${bytes.length}`);
  });
  const { bytes } = await renderPage(room, REQUEST);
  expect(stored).toEqual([`small ${bytes.small}`, `large ${bytes.large}`]);
});

test.each(['large', 'small'] as const)(
  'that the %s one cannot be stored is told when nothing is written any more',
  async (failing) => {
    let writing = 0;
    const room = darkroom(async (rendition) => {
      writing += 1;
      if (rendition === failing) {
        writing -= 1;
        throw new AppError('storage_unavailable');
      }
      await pause(100);
      writing -= 1;
    });
    await expect(renderPage(room, REQUEST)).rejects.toMatchObject({ code: 'storage_unavailable' });
    expect(writing).toBe(0);
  },
);
