import { fitText } from '../../characters.ts';
import { heightOf } from '../../placed.ts';
import { type Affine, apply } from '../text-layer.ts';
import { real } from '../writer.ts';
import type { FilledBlank } from './fill-blanks.ts';
import { runsOf } from './lettering-fonts.ts';

/** Of the room's height the letters take at most so much, and of the page's width so much at most: twelve points of A4. */
const OF_ROOM = 0.72;
const OF_PAGE = 1 / 50;
/** From line to line, and how far the baseline is above the lower side of its line, in sizes. */
const LEADING = 1.15;
const BASELINE = 0.22;
/** Letters get smaller by this factor until they fit, down to a fifth; beyond that they run over. */
const SMALLER = 0.94;
const LEAST = 0.2;
/** Free at both ends of the room, in sizes. */
const MARGIN = 0.15;
/** Blue, as a pen's, so that it is told from print. */
const INK = '0 0 0.5';
const TICK_INSET = 0.18;
/** Letters of a value that is written, most of a page of print: no blank has room for more. */
const MOST_LETTERS = 2_000;

/** A word, or words with a space between. */
interface Line {
  readonly text: string;
  readonly ems: number;
}
const SPACE_EMS = emsOf(' ');

/** What was written on a page, and of which blanks the value is too long, or has letters that no font of ours shows. */
export interface Written {
  readonly content: string;
  readonly unshown: readonly FilledBlank[];
}

/**
 * Values written into their blanks as content of a PDF page, seen this time: as large as the room lets them be, on several lines where it is
 * high enough. `width` of the page is in points.
 */
export function writeBlanks(blanks: readonly FilledBlank[], toPoints: Affine, { width }: { width: number }): Written {
  const unshown: FilledBlank[] = [];
  const parts = blanks.map((blank) => {
    if (blank.isTick) return crossOf(blank, toPoints);
    const content = textOf(blank, toPoints, width * OF_PAGE);
    if (content === null) unshown.push(blank);
    return content ?? '';
  });
  // Seen, and not stretched: the words that are not to be seen have set both before, and they last beyond their text object.
  return { content: `q 0 Tr 100 Tz ${INK} rg ${INK} RG\n${parts.join('')}Q\n`, unshown };
}

/** The room of a blank in points: where its lower left corner is, which way its lower side runs, how long and how high it is. */
function roomOf({ quad }: FilledBlank, toPoints: Affine) {
  const [left, right] = [apply(toPoints, quad[3]), apply(toPoints, quad[2])];
  const length = Math.hypot(right[0] - left[0], right[1] - left[1]);
  const [a, b, c, d] = toPoints;
  const height = heightOf(quad) * Math.sqrt(Math.abs(a * d - b * c));
  return { left, length, height, cos: (right[0] - left[0]) / length, sin: (right[1] - left[1]) / length };
}

function crossOf(blank: FilledBlank, toPoints: Affine): string {
  const { left, length, height, cos, sin } = roomOf(blank, toPoints);
  const at = (along: number, up: number): string => {
    const [x, y] = [along * length, up * height];
    return `${real(left[0] + x * cos - y * sin)} ${real(left[1] + x * sin + y * cos)}`;
  };
  const [near, far] = [TICK_INSET, 1 - TICK_INSET];
  const stroke = real(Math.max(0.5, height / 10));
  return `${stroke} w ${at(near, near)} m ${at(far, far)} l S ${at(near, far)} m ${at(far, near)} l S\n`;
}

function textOf(blank: FilledBlank, toPoints: Affine, largest: number): string | null {
  const room = roomOf(blank, toPoints);
  if (blank.value.length > MOST_LETTERS) return null;
  const texts = fitText(blank.value)
    .split(' ')
    .filter((word) => word !== '');
  if (texts.length === 0 || !(room.length > 0) || !(room.height > 0)) return '';
  if (runsOf(texts.join(' ')) === null) return null;
  // Measured once: the size is found by trying, and each word is looked at each time.
  const words = texts.map((text) => ({ text, ems: emsOf(text) }));
  const most = Math.min(room.height * OF_ROOM, largest);
  let size = most;
  let lines = linesOf(words, room.length / size - 2 * MARGIN);
  while (size > most * LEAST && !fits(lines, room, size)) {
    size *= SMALLER;
    lines = linesOf(words, room.length / size - 2 * MARGIN);
  }
  // One line stands in the middle of a low room; several begin at the top.
  const top = lines.length === 1 && room.height < 2 * LEADING * size ? (room.height + LEADING * size) / 2 : room.height;
  return lines.map((line, index) => show(line, room, { size, up: top - (index + 1) * LEADING * size })).join('');
}

function fits(lines: readonly Line[], { length, height }: { length: number; height: number }, size: number): boolean {
  const widest = Math.max(...lines.map(({ ems }) => ems));
  return (widest + 2 * MARGIN) * size <= length && (lines.length === 1 || lines.length * LEADING * size <= height);
}

/** Words on lines of so many ems. */
function linesOf([first, ...words]: readonly Line[], ems: number): Line[] {
  const lines: Line[] = [];
  let line = first!;
  for (const word of words) {
    const longer = line.ems + SPACE_EMS + word.ems;
    if (longer > ems) {
      lines.push(line);
      line = word;
    } else line = { text: `${line.text} ${word.text}`, ems: longer };
  }
  return [...lines, line];
}

function emsOf(text: string): number {
  return (runsOf(text) ?? []).reduce((total, run) => total + run.ems, 0);
}

function show(
  { text }: Line,
  { left, cos, sin }: ReturnType<typeof roomOf>,
  { size, up }: { size: number; up: number },
): string {
  const [x, y] = [MARGIN * size, up + BASELINE * size];
  const at = [real(left[0] + x * cos - y * sin), real(left[1] + x * sin + y * cos)];
  const matrix = [real(cos, 5), real(sin, 5), real(-sin, 5), real(cos, 5), ...at].join(' ');
  const pieces = (runsOf(text) ?? []).map(({ font, codes }) => `/${font} ${real(size)} Tf <${codes}> Tj`).join(' ');
  return `BT ${matrix} Tm ${pieces} ET\n`;
}
