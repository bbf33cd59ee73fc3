import sharp from 'sharp';
import { type FontName, textPath } from './fonts.ts';
import { seededNormal } from './random.ts';

/** A line to be drawn: `x`, `y` is where its baseline begins, `size` its em, all in pixels of the page before it is turned. */
export interface DrawnLine {
  readonly text: string;
  readonly x: number;
  readonly y: number;
  readonly size: number;
  readonly font?: FontName;
}

/** A straight stroke, such as the rule above a total. */
export interface DrawnRule {
  readonly from: readonly [number, number];
  readonly to: readonly [number, number];
  readonly thickness: number;
}

/** A figure of any form: the data of an SVG path, its outline and what fills it, in grey levels of 255. */
export interface DrawnFigure {
  readonly path: string;
  readonly outline?: { readonly thickness: number; readonly level?: number };
  readonly fill?: number;
}

export interface PageDrawing {
  readonly width: number;
  readonly height: number;
  readonly lines: readonly DrawnLine[];
  readonly rules?: readonly DrawnRule[];
  /** Drawn in their order, over lines and rules. */
  readonly figures?: readonly DrawnFigure[];
  /** Clockwise, around the middle of the page; the page keeps its size. */
  readonly rotateDegrees?: number;
  /** Standard deviation of the blur, in pixels. */
  readonly blur?: number;
  /** Standard deviation of the grain, in grey levels of 255. */
  readonly noise?: number;
  /** How much darker, 0..1, the darkest corner is than the lightest. */
  readonly shade?: number;
  /** Equal seeds give equal pages. */
  readonly seed?: number;
  readonly format?: 'png' | 'jpeg';
  /** Of JPEG, 1..100. */
  readonly quality?: number;
}

/** Ink and paper, in grey levels: print is seldom black and paper never white. */
const INK = 28;
const PAPER = 246;

/**
 * A page of print that looks scanned, as the bytes of a grey PNG or JPEG. Letters are drawn as outlines, so that it needs no fonts of the machine.
 */
export async function drawPage(drawing: PageDrawing): Promise<Buffer> {
  const { width, height, blur = 0, format = 'png', quality = 80 } = drawing;
  const ink = sharp(Buffer.from(svgOf(drawing))).flatten({ background: grey(PAPER) });
  const { data } = await (blur > 0 ? ink.blur(blur) : ink)
    .toColourspace('b-w')
    .raw()
    .toBuffer({ resolveWithObject: true });
  const page = sharp(withGrain(data, drawing), { raw: { width, height, channels: 1 } }).toColourspace('b-w');
  return format === 'png' ? page.png().toBuffer() : page.jpeg({ quality }).toBuffer();
}

function svgOf({ width, height, lines, rules = [], figures = [], rotateDegrees = 0 }: PageDrawing): string {
  const letters = lines.map(({ text, x, y, size, font }) => textPath(text, x, y, size, font));
  const strokes = rules.map(
    ({ from, to, thickness }) =>
      `<path d="M${from.join(' ')}L${to.join(' ')}" stroke="${grey(INK)}" stroke-width="${thickness}"/>`,
  );
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}">`,
    `<g fill="${grey(INK)}" transform="rotate(${rotateDegrees} ${width / 2} ${height / 2})">`,
    ...letters.map((path) => `<path d="${path}"/>`),
    ...strokes,
    ...figures.map(figurePath),
    '</g></svg>',
  ].join('');
}

function figurePath({ path, outline, fill }: DrawnFigure): string {
  const stroke = outline ? ` stroke="${grey(outline.level ?? INK)}" stroke-width="${outline.thickness}"` : '';
  return `<path d="${path}" fill="${fill === undefined ? 'none' : grey(fill)}"${stroke}/>`;
}

/** Light that falls off towards the lower right corner, and grain over all of it. */
function withGrain(pixels: Buffer, { width, height, noise = 0, shade = 0, seed = 1 }: PageDrawing): Buffer {
  const normal = seededNormal(seed);
  const out = Buffer.alloc(pixels.length);
  for (let y = 0; y < height; y += 1) {
    for (let x = 0; x < width; x += 1) {
      const light = 1 - shade * ((x / width) * 0.5 + (y / height) * 0.5) ** 2;
      const value = pixels[y * width + x]! * light + (noise > 0 ? noise * normal() : 0);
      out[y * width + x] = Math.max(0, Math.min(255, Math.round(value)));
    }
  }
  return out;
}

function grey(level: number): string {
  return `rgb(${level},${level},${level})`;
}
