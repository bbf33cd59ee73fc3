import { expect, test } from '@jest/globals';
import { renditionSize } from './rendition-size.ts';

const A4 = { width: 2_480, height: 3_508 };

test.each([
  ['small', A4, 'image/jpeg', { width: 320, height: 453 }],
  ['large', A4, 'image/jpeg', { width: 1_600, height: 2_263 }],
  ['large', A4, 'application/pdf', { width: 1_600, height: 2_263 }],
  // What a PDF cannot hold as it came is printed from its image.
  ['large', A4, 'image/tiff', { width: 1_754, height: 2_481 }],
  ['small', A4, 'image/tiff', { width: 320, height: 453 }],
  // No page is enlarged.
  ['large', { width: 500, height: 700 }, 'image/png', { width: 500, height: 700 }],
  ['small', { width: 200, height: 90 }, 'image/webp', { width: 200, height: 90 }],
  ['large', { width: 1_700, height: 2_000 }, 'image/webp', { width: 1_700, height: 2_000 }],
  // A receipt a metre long stays within the bound, and no side is lost.
  ['large', { width: 1_600, height: 60_000 }, 'image/png', { width: 341, height: 12_772 }],
  ['small', { width: 90_000, height: 10 }, 'image/bmp', { width: 320, height: 1 }],
] as const)('the %s image of a page of %j, which came as %s, has %j', (rendition, page, mediaType, expected) => {
  expect(renditionSize(rendition, page, mediaType)).toEqual(expected);
});
