import { type DrawnLine, type DrawnRule, drawPage, type FontName } from '@docusnap/testing';
import sharp from 'sharp';
import { lineOfText } from './texts.ts';

type Random = () => number;

const FONTS: readonly FontName[] = ['sans', 'sans-bold', 'condensed', 'serif', 'serif-bold', 'mono', 'sans', 'serif'];

/** Of drawPage's ink and paper, which the contrast is then changed from. */
const DRAWN = { ink: 28, paper: 246 };

/** A page of one kind of print, as photographs, scans and screens show it: sizes, fonts, contrast, blur, grain, skew and compression differ. */
export async function drawCalibrationPage(random: Random): Promise<Buffer> {
  const between = (low: number, high: number): number => low + random() * (high - low);
  const sometimes = (share: number, value: () => number): number => (random() < share ? value() : 0);
  const size = 10 + random() * random() * 34;
  const [width, gap] = [Math.round(between(500, 1200)), size * between(1.3, 2.5)];
  const rows = Math.max(4, Math.min(14, Math.floor(700 / gap)));
  const height = Math.round((rows + 1) * gap + 10);
  const baselines = Array.from({ length: rows }, (_, row) => (row + 1) * gap);
  const print = random() < 0.3 ? strokes(random, baselines, size, width) : letters(random, baselines, size, width);
  const page = await drawPage({
    width,
    height,
    ...print,
    rotateDegrees: between(-1.5, 1.5),
    blur: sometimes(0.6, () => between(0.3, 1.4)),
    noise: sometimes(0.6, () => between(0, 16)),
    shade: between(0, 0.35),
    seed: Math.floor(random() * 2 ** 31),
  });
  return asSeen(page, width, random);
}

function letters(random: Random, baselines: readonly number[], size: number, width: number): { lines: DrawnLine[] } {
  const font = pick(random, FONTS);
  const lines = baselines.map((y): DrawnLine => {
    const own = random() < 0.15 ? size * (0.7 + random()) : size;
    const x = 10 + random() * 60;
    const most = Math.max(4, Math.floor((width - x) / (own * 0.62)));
    return { text: lineOfText(random).slice(0, most), x, y, size: own, font };
  });
  return { lines };
}

/**
 * Squares filled with strokes, as dense as Chinese print. They mean nothing, but excite the recogniser as Chinese does, and need no font: the
 * ranges they give are nearly those of lines in a Chinese font.
 */
function strokes(random: Random, baselines: readonly number[], size: number, width: number) {
  const rules: DrawnRule[] = [];
  const lines: DrawnLine[] = [];
  for (const y of baselines) {
    const count = 2 + Math.floor(random() * Math.min(26, (width - 80) / size));
    const start = 10 + random() * 50;
    for (let square = 0; square < count; square += 1) {
      rules.push(...squareOfStrokes(random, start + square * size * 1.02, y - size * 0.85, size * 0.92));
    }
    const x = start + count * size * 1.05;
    if (random() < 0.3 && x < width - size * 4) lines.push({ text: lineOfText(random).slice(0, 6), x, y, size });
  }
  return { lines, rules };
}

function squareOfStrokes(random: Random, left: number, top: number, side: number): DrawnRule[] {
  const thickness = Math.max(1, side * (0.05 + random() * 0.06));
  const at = (x: number, y: number): [number, number] => [left + x * side, top + y * side];
  return Array.from({ length: 3 + Math.floor(random() * 9) }, (): DrawnRule => {
    const [x, y, long, kind] = [random() * 0.7, random() * 0.9, 0.25 + random() * 0.6, random()];
    const far = Math.min(1, x + long);
    const low = Math.min(1, y * 0.7 + long);
    if (kind < 0.45) return { from: at(x, y), to: at(far, y - 0.02), thickness };
    if (kind < 0.75) return { from: at(x + 0.15, y * 0.7), to: at(x + 0.15, low), thickness };
    return kind < 0.88
      ? { from: at(far, y * 0.7), to: at(x, low), thickness }
      : { from: at(x, y * 0.7), to: at(far, low), thickness };
  });
}

/** The page with another contrast, sometimes light on dark, enlarged from a coarser one or tinted, as a JPEG. */
async function asSeen(page: Buffer, width: number, random: Random): Promise<Buffer> {
  const ink = Math.round(random() * 110);
  const paper = Math.round(Math.min(255, ink + 90 + random() * 165));
  const contrast = (paper - ink) / (DRAWN.paper - DRAWN.ink);
  let seen = await sharp(page)
    .linear(contrast, ink - DRAWN.ink * contrast)
    .png()
    .toBuffer();
  if (random() < 0.12) seen = await sharp(seen).negate({ alpha: false }).png().toBuffer();
  if (random() < 0.3) {
    const coarse = await sharp(seen)
      .resize(Math.round(width / (1.4 + random())))
      .png()
      .toBuffer();
    seen = await sharp(coarse).resize(width).png().toBuffer();
  }
  if (random() < 0.35) {
    const tint = { r: 255, g: Math.round(200 + random() * 55), b: Math.round(170 + random() * 80) };
    seen = await sharp(seen).tint(tint).png().toBuffer();
  }
  return sharp(seen)
    .jpeg({ quality: Math.round(30 + random() * 65) })
    .toBuffer();
}

function pick<T>(random: Random, values: readonly T[]): T {
  return values[Math.floor(random() * values.length)] as T;
}
