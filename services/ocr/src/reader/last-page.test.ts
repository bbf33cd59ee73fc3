import { expect, test } from '@jest/globals';
import { type LastPage, openLastPages } from './last-page.ts';

function page(frame: number): LastPage {
  const [width, height] = [1_000, 1_000];
  return { blobKey: 'a', frame, raster: { width, height, channels: 1, data: new Uint8Array(width * height) } };
}

test('a page is taken once, with its pixels', () => {
  const pages = openLastPages();
  pages.keep(page(1));
  expect(pages.take({ blobKey: 'a', frame: 1 })?.raster.data).toHaveLength(1_000_000);
  expect(pages.take({ blobKey: 'a', frame: 1 })).toBeUndefined();
});

test('what is not taken gives its memory back: when it is dropped, and when another page is kept or asked for', () => {
  const pages = openLastPages();
  const [dropped, followed, passedOver] = [page(1), page(2), page(3)];
  pages.keep(dropped);
  pages.drop();
  pages.keep(followed);
  pages.keep(passedOver);
  expect(pages.take({ blobKey: 'a', frame: 4 })).toBeUndefined();
  for (const { raster } of [dropped, followed, passedOver]) expect(raster.data).toHaveLength(0);
});
