import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { type DrawnLine, type DrawnRule, drawPage, textWidth } from '@docusnap/testing';
import sharp from 'sharp';
import type { PageImage } from '../documents/page-images.ts';

const SAMPLE = fileURLToPath(new URL('../../../../deploy/embedded/sample/invoice.jpg', import.meta.url));
const QUALITY = 80;

/** The document that is shipped. */
export function sample(): Promise<Buffer> {
  return readFile(SAMPLE);
}

/** It, turned clockwise by a quarter: as a phone lays it down. */
export async function turnedSample(): Promise<Buffer> {
  return sharp(await sample())
    .rotate(90)
    .jpeg({ quality: QUALITY })
    .toBuffer();
}

/** Different pages of print, each long enough to be seen being read. */
export async function scannedPages(count: number): Promise<PageImage[]> {
  const pages: PageImage[] = [];
  for (let page = 1; page <= count; page += 1) {
    const lines = Array.from({ length: 36 }, (_, line) => ({
      text: line === 0 ? `Sheet ${page}` : `Row ${line} of sheet ${page}, delivered in part, amount ${line * page}.50`,
      x: 90,
      y: 120 + line * 40,
      size: 26,
    }));
    const bytes = await drawPage({ width: 1_100, height: 1_600, lines, noise: 3, seed: page, format: 'jpeg' });
    pages.push({ name: `sheet-${page}.jpg`, bytes, width: 1_100, height: 1_600, colours: 'DeviceGray' });
  }
  return pages;
}

const SIZE = 30;
const LEFT = 90;

/** A form with blanks to write in, as its words name them. */
export async function blankForm(): Promise<Buffer> {
  const labels = ['Surname', 'Given names', 'Nationality', 'Occupation'];
  const lines: DrawnLine[] = [{ text: 'Membership application form', x: LEFT, y: 120, size: 44, font: 'sans-bold' }];
  const rules: DrawnRule[] = [];
  for (const [row, label] of labels.entries()) {
    const y = 260 + row * 110;
    lines.push({ text: `${label}:`, x: LEFT, y, size: SIZE });
    rules.push({ from: [LEFT + textWidth(`${label}:`, SIZE) + 20, y + 8], to: [900, y + 8], thickness: 2 });
  }
  lines.push({ text: 'Please print in block letters and return this form to our office.', x: LEFT, y: 760, size: 24 });
  return drawPage({ width: 1_000, height: 900, lines, rules, noise: 2, seed: 5, format: 'png' });
}

/** What somebody knows who fills the form. */
export function letterOfFacts(): Promise<Buffer> {
  const texts = [
    'Staff record',
    'Surname: Eriksson',
    'Given names: Anna Maria',
    'Nationality: Utopian',
    'Date: 12 March 2024',
  ];
  const lines = texts.map((text, row) => ({ text, x: LEFT, y: 130 + row * 80, size: row === 0 ? 44 : SIZE }));
  return drawPage({ width: 1_000, height: 640, lines, noise: 2, seed: 6, format: 'png' });
}
