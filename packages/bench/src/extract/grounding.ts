import type { PageText } from '@docusnap/contracts';
import { ground, indexPages } from '@docusnap/extraction';
import type { Truth } from './truth.ts';

/** The truth's line and the evidence are one where they overlap by more than this part of their union. */
const SAME_PLACE = 0.5;
/** Values made up for each page. */
const MADE_UP = 20;

export interface Grounded {
  /** 1 for each line of the truth with a place that is found there, else 0. */
  readonly found: readonly number[];
  /** 1 for each value made up that is called not grounded, else 0. */
  readonly refused: readonly number[];
}

/**
 * Takes each line of the truth that has at least two letters or digits for a value, and looks whether its evidence is where it stands; then makes up
 * values of the same forms, by other digits and other letters, which stand nowhere.
 */
export function measureGrounding(page: PageText, truth: Truth, random: () => number): Grounded {
  const pages = indexPages([{ number: 1, text: page }]);
  const values = truth.lines.filter(({ text }) => lettersOf(text).length >= 2);
  const found = values.map(({ text, polygon }) => {
    const { evidence } = ground(pages, text);
    return Number(evidence.some(({ quad }) => overlap(boxOf(quad), boxOf(polygon)) > SAME_PLACE));
  });
  const all = lettersOf(truth.lines.map(({ text }) => text).join(' '));
  const read = lettersOf(page.blocks.flatMap(({ lines }) => lines.map(({ text }) => text)).join(' '));
  const refused: number[] = [];
  for (let at = 0; at < MADE_UP && values.length > 0; at += 1) {
    const value = madeUp(values[Math.floor(random() * values.length)]!.text, random);
    const letters = lettersOf(value);
    if (letters.length < 4 || all.includes(letters) || read.includes(letters)) continue;
    refused.push(Number(!ground(pages, value).grounded));
  }
  return { found, refused };
}

/** The same form with other letters and digits: "RM 29.70" may become "QX 83.15". */
function madeUp(text: string, random: () => number): string {
  const pick = (from: string): string => from[Math.floor(random() * from.length)]!;
  return text
    .replace(/\d/g, () => pick('0123456789'))
    .replace(/\p{Lu}/gu, () => pick('ABCDEFGHIJKLMNOPQRSTUVWXYZ'))
    .replace(/\p{Ll}/gu, () => pick('abcdefghijklmnopqrstuvwxyz'));
}

function lettersOf(text: string): string {
  return text
    .normalize('NFKC')
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]/gu, '');
}

type Box = readonly [left: number, top: number, right: number, bottom: number];

function boxOf(points: readonly (readonly [number, number])[]): Box {
  const [xs, ys] = [points.map(([x]) => x), points.map(([, y]) => y)];
  return [Math.min(...xs), Math.min(...ys), Math.max(...xs), Math.max(...ys)];
}

/** Their intersection over their union. */
function overlap(a: Box, b: Box): number {
  const width = Math.min(a[2], b[2]) - Math.max(a[0], b[0]);
  const height = Math.min(a[3], b[3]) - Math.max(a[1], b[1]);
  if (width <= 0 || height <= 0) return 0;
  const area = (box: Box): number => (box[2] - box[0]) * (box[3] - box[1]);
  return (width * height) / (area(a) + area(b) - width * height);
}
