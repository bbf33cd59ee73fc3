import type { Line, PageText, Quad, Word } from '@docusnap/contracts';
import { fitText } from '../characters.ts';
import { baselineOf } from '../lettering.ts';
import { heightOf } from '../placed.ts';
import { type CharacterCodes, emsOf } from './glyphless-font.ts';
import { hex4, real } from './writer.ts';

/** From page pixels to points of the PDF page: x' = a x + c y + e, y' = b x + d y + f. It keeps right angles, so print may be turned but not sheared. */
export type Affine = readonly [a: number, b: number, c: number, d: number, e: number, f: number];

/** Text rendering mode 3: neither filled nor stroked. */
const INVISIBLE = 3;
/**
 * Words nearer to each other than this part of the print's height are taken for one by poppler (0.15 there), whatever space stands between
 * them: the first is then made a little shorter, down to at least so much of its length.
 */
const LEAST_SPACE = 0.2;
const LEAST_LENGTH = 0.25;
/** The horizontal scale, in per cent, that the content of a page may need: beyond it a quad is no print. */
const SCALE = { least: 1, most: 10_000 } as const;
const SPACE = ' ';

/**
 * The words of a page as content of a PDF page: each along its own baseline, as long as its quad, a space after all but a line's last. `font`
 * is the name of the glyphless font among the page's resources.
 */
export function textLayer(page: PageText, toPoints: Affine, font: string, codes: CharacterCodes): string {
  const lines = page.blocks.flatMap(({ lines }) => lines.map((line) => lineContent(line, toPoints, font, codes)));
  return `BT\n${INVISIBLE} Tr\n${lines.join('')}ET\n`;
}

function lineContent(line: Line, toPoints: Affine, font: string, codes: CharacterCodes): string {
  return line.words.map((word, index) => wordContent(word, line.words[index + 1], { toPoints, font, codes })).join('');
}

interface Setting {
  readonly toPoints: Affine;
  readonly font: string;
  readonly codes: CharacterCodes;
}

function wordContent(word: Word, next: Word | undefined, { toPoints, font, codes }: Setting): string {
  const { start, end, size } = seat(word.quad, toPoints);
  const length = Math.hypot(end[0] - start[0], end[1] - start[1]);
  const units = codes.codesOf(fitText(word.text));
  if (length <= 0 || size <= 0 || units.length === 0) return '';
  const [cos, sin] = [(end[0] - start[0]) / length, (end[1] - start[1]) / length];
  const matrix = [real(cos, 5), real(sin, 5), real(-sin, 5), real(cos, 5), real(start[0]), real(start[1])].join(' ');
  const head = `/${font} ${real(size)} Tf ${matrix} Tm`;
  if (next === undefined) return `${head} ${show(units, length, size)}\n`;
  const after = seat(next.quad, toPoints).start;
  const toNext = (after[0] - start[0]) * cos + (after[1] - start[1]) * sin;
  const shown = Math.max(Math.min(length, toNext - LEAST_SPACE * size), length * LEAST_LENGTH);
  const space = Math.max(toNext - shown, LEAST_SPACE * size);
  return `${head} ${show(units, shown, size)} ${show(codes.codesOf(SPACE), space, size)}\n`;
}

/** Shows codes stretched over `length`; the next ones go on where they end. */
function show(units: readonly number[], length: number, size: number): string {
  const ems = units.reduce((total, code) => total + emsOf(code), 0);
  const scale = Math.max(SCALE.least, Math.min(SCALE.most, (100 * length) / (ems * size)));
  return `${real(scale, 2)} Tz <${units.map(hex4).join('')}> Tj`;
}

/** Where a quad's baseline begins and ends, and how high its print is, in points. */
function seat(quad: Quad, toPoints: Affine) {
  const [from, to] = baselineOf(quad);
  const [a, b, c, d] = toPoints;
  return {
    start: apply(toPoints, from),
    end: apply(toPoints, to),
    size: heightOf(quad) * Math.sqrt(Math.abs(a * d - b * c)),
  };
}

/** Where the middle of a quad is, in points. */
export function middleOf([a, , c]: Quad, toPoints: Affine): readonly [number, number] {
  return apply(toPoints, [(a[0] + c[0]) / 2, (a[1] + c[1]) / 2]);
}

export function apply([a, b, c, d, e, f]: Affine, [x, y]: readonly [number, number]): readonly [number, number] {
  return [a * x + c * y + e, b * x + d * y + f];
}
