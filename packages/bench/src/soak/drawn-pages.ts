import { type DrawnLine, drawPage, type FontName, type PageDrawing, seededRandom } from '@docusnap/testing';

/** How often each kind of page comes, and its sides in pixels: a receipt, a fax, a screenshot, A4 at 150 and at 250 dots an inch, a blank one. */
const KINDS = [
  { share: 0.3, width: [420, 900], height: [600, 2_000], lines: [8, 30] },
  { share: 0.25, width: [720, 1_000], height: [900, 1_300], lines: [10, 30] },
  { share: 0.2, width: [900, 1_920], height: [500, 1_080], lines: [4, 20] },
  { share: 0.15, width: [1_200, 1_300], height: [1_700, 1_800], lines: [10, 40] },
  { share: 0.08, width: [2_000, 2_100], height: [2_850, 3_000], lines: [15, 45] },
  { share: 0.02, width: [300, 2_000], height: [300, 2_000], lines: [0, 0] },
] as const;

const FONTS: readonly FontName[] = ['sans', 'sans-bold', 'condensed', 'serif', 'serif-bold', 'mono'];
const WORDS =
  'total amount invoice 12.50 account page 2024-03-17 of the and for thank you GST 6% RM 148.90 reference KX-5509/B order delivery street number'.split(
    ' ',
  );

export interface DrawnPage {
  readonly name: string;
  readonly bytes: Buffer;
}

/** The collection as the bytes of JPEG files. */
export async function drawPages(count: number, seed: number): Promise<DrawnPage[]> {
  const pages: DrawnPage[] = [];
  for (const [number, drawing] of planPages(count, seed).entries()) {
    pages.push({ name: `page-${number}.jpg`, bytes: await drawPage(drawing) });
  }
  return pages;
}

/** Pages of mixed sizes, kinds and amounts of print; the same count of the same seed gives the same pages. */
export function planPages(count: number, seed: number): PageDrawing[] {
  const random = seededRandom(seed);
  const between = ([low, high]: readonly [number, number]) => Math.round(low + random() * (high - low));
  return Array.from({ length: count }, (_, number) => {
    const kind = pickKind((number + 0.5) / count);
    const [width, height] = [between(kind.width), between(kind.height)];
    const lines = linesFor(width, height, between(kind.lines));
    return { width, height, lines, rotateDegrees: random() * 2 - 1, format: 'jpeg' };
  });

  function linesFor(width: number, height: number, count: number): DrawnLine[] {
    const step = height / (count + 2);
    const size = Math.max(9, Math.min(step * 0.6, width / 24));
    return Array.from({ length: count }, (_, row) => ({
      text: Array.from({ length: between([1, 8]) }, () => WORDS[Math.floor(random() * WORDS.length)]).join(' '),
      x: width * (0.05 + random() * 0.15),
      y: step * (row + 1.5),
      size,
      font: FONTS[row % FONTS.length] ?? 'sans',
    }));
  }
}

function pickKind(at: number): (typeof KINDS)[number] {
  let sum = 0;
  for (const kind of KINDS) {
    sum += kind.share;
    if (at < sum) return kind;
  }
  return KINDS[0];
}
