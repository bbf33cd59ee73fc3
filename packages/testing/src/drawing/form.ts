import type { DrawnFigure, DrawnLine, DrawnRule, PageDrawing } from './draw-page.ts';
import { type FontName, textWidth } from './fonts.ts';
import { drawMark, MARKS } from './marks.ts';
import { seededRandom } from './random.ts';

type Corner = [number, number];
/** Four corners on the drawn page, clockwise from the top left. */
export type DrawnQuad = [Corner, Corner, Corner, Corner];

/** What a drawn form holds, in pixels of the page as drawn. */
export interface DrawnForm {
  readonly drawing: PageDrawing;
  readonly checkboxes: readonly {
    readonly quad: DrawnQuad;
    readonly checked: boolean;
    readonly mark: string;
    readonly form: 'square' | 'ring';
  }[];
  readonly blanks: readonly { readonly kind: 'line' | 'box'; readonly quad: DrawnQuad }[];
  readonly words: readonly { readonly text: string; readonly quad: DrawnQuad; readonly line: number }[];
}

const LABELS = [
  'Yes',
  'No',
  'Married',
  'Single',
  'Other',
  'Daily',
  'I agree to the terms',
  'Option D',
  'Overnight',
  'Box 7',
  'Own car',
  'None',
];
const FIELDS = ['Name', 'Date of birth', 'Address', 'Signature', 'Occupation', 'Phone No.', 'Order'];
const PROSE = [
  'Do not write below this line. Only original documents are good.',
  'DOOR OO DO 0 O 00 8 B D Q applicants must be on board by 10:00',
  'Please read all of the notes before you begin to fill in this form,',
  'and send it to our office: 200 Broad Road, 80080 Bodo, D block O.',
];
const FONTS: readonly FontName[] = ['sans', 'serif', 'condensed', 'sans-bold'];
const SIZES = [
  { width: 850, height: 1100, em: 14 },
  { width: 1240, height: 1754, em: 22 },
  { width: 1700, height: 2200, em: 30 },
  { width: 1700, height: 2200, em: 26 },
  { width: 2480, height: 3508, em: 44 },
] as const;

/** An invented form: boxes and round buttons in several styles, lines and boxes to write in, prose, a table, headings. Equal seeds, equal forms. */
export function drawForm(seed: number): DrawnForm {
  const random = seededRandom(seed);
  const pick = <T>(from: readonly T[]): T => from[Math.floor(random() * from.length)]!;
  const between = (low: number, high: number) => low + random() * (high - low);
  const { width, height, em } = pick(SIZES);
  const font = pick(FONTS);
  const degrees = random() < 0.35 ? 0 : between(-5, 5);
  const lines: DrawnLine[] = [];
  const rules: DrawnRule[] = [];
  const figures: DrawnFigure[] = [];
  const checkboxes: DrawnForm['checkboxes'][number][] = [];
  const blanks: DrawnForm['blanks'][number][] = [];
  const words: DrawnForm['words'][number][] = [];
  const turned = turnAround(degrees, width / 2, height / 2);
  const quad = (left: number, top: number, right: number, bottom: number): DrawnQuad => [
    turned(left, top),
    turned(right, top),
    turned(right, bottom),
    turned(left, bottom),
  ];
  const write = (text: string, x: number, y: number, size: number = em, face = font): number => {
    lines.push({ text, x, y, size, font: face });
    let at = x;
    for (const part of text.split(/(?<= )/)) {
      const wide = textWidth(part.trimEnd(), size, face);
      words.push({
        text: part.trim(),
        quad: quad(at, y - 0.9 * size, at + wide, y + 0.3 * size),
        line: lines.length - 1,
      });
      at += textWidth(part, size, face);
    }
    return x + textWidth(text, size, face);
  };
  const square = pick([0.7, 0.85, 1, 1.2, 1.6, 2]) * em;
  const thickness = Math.max(1, Math.round(between(0.04, 0.13) * em * 10) / 10);
  const level = random() < 0.25 ? Math.round(between(90, 150)) : Math.round(between(10, 60));
  const rounded = random() < 0.3 ? square * between(0.05, 0.15) : 0;
  const broken = random() < 0.2;
  /** Draws a box or a button whose middle is level with print on a baseline, and ticks it now and then; returns where it ends. */
  const box = (form: 'square' | 'ring', x: number, baseline: number): number => {
    const side = form === 'ring' ? Math.max(square, em * 0.8) : square;
    const y = baseline - 0.36 * em - side / 2;
    const mark = random() < 0.5 ? pick(form === 'ring' ? (['dot', 'x', 'tick', 'filled'] as const) : MARKS) : undefined;
    figures.push({
      path: form === 'ring' ? ringPath(x, y, side) : squarePath(x, y, side, rounded),
      outline: { thickness, level },
    });
    if (broken && form === 'square')
      figures.push({ path: `M${x + side * 0.3} ${y - 1}h2v${side * 0.06 + 2}h-2Z`, fill: 246 });
    if (mark) figures.push(...drawMark(mark, { x, y, side, form }, random));
    const half = thickness / 2;
    checkboxes.push({
      quad: quad(x - half, y - half, x + side + half, y + side + half),
      checked: mark !== undefined,
      mark: mark ?? 'none',
      form,
    });
    return x + side;
  };
  const left = width * 0.08;
  const right = width * 0.92;
  const forms = pick([['square'], ['square'], ['square', 'ring'], ['ring']] as const);
  let y = height * 0.1;
  const row = Math.max(1.9 * em, square * 1.4);
  write('Application Form D-80', left, y, em * 1.5);
  if (random() < 0.5)
    rules.push({ from: [left, y + 0.5 * em], to: [right, y + 0.5 * em], thickness: Math.max(1, em / 14) });
  y += 2.5 * em;
  while (y < height * 0.88) {
    const kind = Math.floor(random() * 9);
    const form = pick(forms);
    if (kind === 0) {
      for (let i = 0; i < 2; i += 1, y += 1.5 * em) write(pick(PROSE), left, y, em * 0.9);
      y += em;
    } else if (kind <= 3) {
      let x = left;
      if (random() < 0.5) x = write(`${pick(FIELDS)}:`, x, y) + em;
      while (x < right - 11 * em) {
        if (random() < 0.8) x = write(pick(LABELS), box(form, x, y) + em * between(0.3, 0.7), y) + em * between(1, 3);
        else x = box(form, write(pick(LABELS), x, y) + em * between(0.3, 0.7), y) + em * between(1.5, 3);
      }
      y += row;
    } else if (kind === 4) {
      for (let i = 0; i < 3; i += 1, y += row) write(pick(PROSE), box(form, left + em, y) + em * 0.6, y);
      y += em / 2;
    } else if (kind <= 6) {
      const end = write(`${pick(FIELDS)}:`, left, y);
      const stop = between(end + 8 * em, Math.max(end + 9 * em, width * 0.7));
      rules.push({ from: [end + 0.4 * em, y + 0.15 * em], to: [stop, y + 0.15 * em], thickness: Math.max(1, em / 16) });
      blanks.push({ kind: 'line', quad: quad(end + 0.4 * em, y - 0.9 * em, stop, y + 0.15 * em) });
      y += 2.2 * em;
    } else if (kind === 7) {
      const [columns, rowsOf] = [3, 3];
      const [w, h] = [(right - left) / columns, Math.max(2.2 * em, square * 1.5)];
      const top = y - em;
      for (let i = 0; i <= columns; i += 1)
        rules.push({
          from: [left + i * w, top],
          to: [left + i * w, top + rowsOf * h],
          thickness: Math.max(1, em / 16),
        });
      for (let i = 0; i <= rowsOf; i += 1)
        rules.push({ from: [left, top + i * h], to: [right, top + i * h], thickness: Math.max(1, em / 16) });
      for (let r = 0; r < rowsOf; r += 1) {
        for (let c = 0; c < columns; c += 1) {
          const base = top + r * h + h / 2 + 0.36 * em;
          if (c > 0 && random() < 0.6) box(form, left + c * w + w / 2 - square / 2, base);
          else
            write(c === 0 ? pick(FIELDS) : String(Math.floor(random() * 900)), left + c * w + 0.5 * em, base, em * 0.9);
        }
      }
      y = top + rowsOf * h + 2 * em;
    } else {
      const end = write(`${pick(FIELDS)}`, left, y) + em;
      const [w, h] = [between(8, 14) * em, between(2, 3.5) * em];
      figures.push({ path: `M${end} ${y - em}h${w}v${h}h${-w}Z`, outline: { thickness: Math.max(1, em / 14) } });
      blanks.push({ kind: 'box', quad: quad(end, y - em, end + w, y - em + h) });
      y += h + 1.5 * em;
    }
  }
  const drawing: PageDrawing = {
    width,
    height,
    lines,
    rules,
    figures,
    rotateDegrees: degrees,
    blur: random() < 0.6 ? between(0.3, 1) : 0,
    noise: random() < 0.6 ? between(2, 12) : 0,
    shade: random() < 0.4 ? between(0.1, 0.5) : 0,
    seed,
    ...(random() < 0.5 ? { format: 'jpeg' as const, quality: Math.round(between(45, 90)) } : {}),
  };
  return { drawing, checkboxes, blanks, words };
}

function turnAround(degrees: number, cx: number, cy: number): (x: number, y: number) => Corner {
  const [cos, sin] = [Math.cos((degrees * Math.PI) / 180), Math.sin((degrees * Math.PI) / 180)];
  return (x, y) => [cx + (x - cx) * cos - (y - cy) * sin, cy + (x - cx) * sin + (y - cy) * cos];
}

function squarePath(x: number, y: number, side: number, round: number): string {
  if (round === 0) return `M${x} ${y}h${side}v${side}h${-side}Z`;
  const s = side - 2 * round;
  const arc = (dx: number, dy: number) => `a${round} ${round} 0 0 1 ${dx} ${dy}`;
  return `M${x + round} ${y}h${s}${arc(round, round)}v${s}${arc(-round, round)}h${-s}${arc(-round, -round)}v${-s}${arc(round, -round)}Z`;
}

function ringPath(x: number, y: number, side: number): string {
  const r = side / 2;
  return `M${x} ${y + r}a${r} ${r} 0 1 1 ${side} 0a${r} ${r} 0 1 1 ${-side} 0Z`;
}
