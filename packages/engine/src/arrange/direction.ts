import type { Line } from '@docusnap/contracts';
import type { PlacedLine } from './placed.ts';

/** Letters of scripts that are written from right to left, marks and digits not: Hebrew, Arabic and those of the blocks kept for such. */
const RIGHT_TO_LEFT = /(?=\p{L})[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc\u{10800}-\u{10fff}\u{1e800}-\u{1efff}]/gu;
const LETTER = /\p{L}/gu;

/** Whether most letters of a page are of scripts that are written from right to left: so run its rows and its columns then, its numbers' too. */
export function isRightToLeft(lines: readonly Line[]): boolean {
  const [all, turned] = [countOf(lines, LETTER), countOf(lines, RIGHT_TO_LEFT)];
  return turned * 2 > all;
}

/** Lines as a mirror shows them: what runs from right to left runs from left to right there. */
export function mirrored(lines: readonly PlacedLine[]): PlacedLine[] {
  return lines.map((line) => ({ ...line, left: -line.right, right: -line.left }));
}

function countOf(lines: readonly Line[], letters: RegExp): number {
  return lines.reduce((sum, { text }) => sum + (text.match(letters)?.length ?? 0), 0);
}
