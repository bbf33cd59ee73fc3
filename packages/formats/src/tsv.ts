import type { Quad } from '@docusnap/contracts';
import { fitText } from './characters.ts';
import type { FailedLeaf, Leaf, ReadLeaf } from './leaves.ts';
import { passagesOf } from './passages.ts';
import { type Bounds, pixelBox } from './placed.ts';

/** Tesseract's columns. */
const COLUMNS = 'level page_num block_num par_num line_num word_num left top width height conf text'.replaceAll(
  ' ',
  '\t',
);
/** Of rows that are no words. */
const NO_CONFIDENCE = '-1';

/**
 * Leaves as Tesseract's TSV: rows of level 1 (page), 2 (block), 3 (paragraph), 4 (line) and 5 (word). A page that was not read is a row of
 * level 1 without size, with the reason as its text; so is a file that was not opened, as page 0.
 */
export async function* formatTsv(leaves: AsyncIterable<Leaf>): AsyncGenerator<string> {
  let before = `${COLUMNS}\n`;
  for await (const leaf of leaves) {
    yield before + (leaf.kind === 'page' ? pageAsTsv(leaf) : failureAsTsv(leaf));
    before = '';
  }
  if (before !== '') yield before;
}

function failureAsTsv({ kind, number, reason }: FailedLeaf): string {
  return row([kind === 'failed page' ? number : 0], { left: 0, top: 0, right: 0, bottom: 0 }, `[${reason}]`);
}

function pageAsTsv({ number, text: page }: ReadLeaf): string {
  const around = (quads: readonly Quad[]): Bounds => pixelBox(quads, page);
  let rows = row([number], { left: 0, top: 0, right: page.width, bottom: page.height }, '');
  for (const [b, passages] of passagesOf(page).entries()) {
    const quads = passages.flatMap(({ lines }) => lines.map((line) => line.quad));
    rows += row([number, b + 1], around(quads), '');
    for (const [p, { lines }] of passages.entries()) {
      rows += row([number, b + 1, p + 1], around(lines.map((line) => line.quad)), '');
      for (const [l, line] of lines.entries()) {
        rows += row([number, b + 1, p + 1, l + 1], around([line.quad]), '');
        for (const [w, word] of line.words.entries()) {
          const numbers = [number, b + 1, p + 1, l + 1, w + 1];
          rows += row(numbers, around([word.quad]), word.text, (word.confidence * 100).toFixed(6));
        }
      }
    }
  }
  return rows;
}

/** One row; `numbers` are those of its level and of the levels it lies in, the page's first. */
function row(numbers: readonly number[], box: Bounds, text: string, confidence = NO_CONFIDENCE): string {
  const { left, top, right, bottom } = box;
  const within = [0, 1, 2, 3, 4].map((level) => numbers[level] ?? 0);
  return `${[numbers.length, ...within, left, top, right - left, bottom - top, confidence, fitText(text)].join('\t')}\n`;
}
