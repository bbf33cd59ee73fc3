import type { PageText } from '@docusnap/contracts';
import { partsOf } from '../layout/phrases.ts';
import { type Box, boxOf, quadOf } from '../layout/places.ts';
import { type Piece, rowsOf } from '../layout/rows.ts';
import { findKeyValues } from '../rules/key-values.ts';
import { labelOf, splitLabels } from '../rules/label-text.ts';
import { standardName } from '../rules/vocabulary.ts';
import type { LabelledPlace } from './blank-labels.ts';

/** Underscores, or dots, that stand for a place to write. */
const RUN = /_{3,}|\.{6,}|…{2,}/gu;
/** A label without anything behind asks to be filled when at least so many heights of print are free beside it. */
const ROOM = 4;
/** A heading has a text under it: a row of so many words. */
const TEXT_WORDS = 7;
const BELOW = 2;

/**
 * Places to fill on a page whose blanks nobody looked for: runs of underscores, and labels with a colon and nothing behind it.
 */
export function emptyLabels(page: PageText, number: number): LabelledPlace[] {
  const angle = page.angle ?? 0;
  const rows = rowsOf(page, number);
  const pieces = rows.flatMap((row) => row.pieces);
  // The print is as far from the right edge of the page as from the left, where nothing says more.
  const edge = Math.max(
    ...pieces.map(({ right }) => right),
    page.width - Math.min(...pieces.map(({ left }) => left)),
    0,
  );
  const filled = findKeyValues(rows);
  return rows.flatMap((row, at) => {
    const parts = partsOf(row.pieces);
    return parts.flatMap(({ text, pieces: own }, index): LabelledPlace[] => {
      const place = (label: string, box: Box): LabelledPlace => ({
        label,
        page: number,
        box,
        quad: quadOf(box, angle),
      });
      const runs = own
        .flatMap((piece) => runsOf(piece, angle))
        .flatMap(({ label, box }) => (label === null ? [] : [place(label, box)]));
      if (runs.length > 0) return runs;
      const label = splitLabels(text).at(-1);
      if (label?.value !== '' || !/[:：]\s*$/u.test(text)) return [];
      const last = own.at(-1)!;
      const beside = parts[index + 1];
      const isFilled = filled.some((pair) => pair.key === label.key && (pair.row === row || pair.row === rows[at + 1]));
      if (isFilled || (beside && splitLabels(beside.text).length === 0)) return [];
      const right = beside ? beside.pieces[0]!.left - last.height / 2 : edge;
      const below = rows[at + 1];
      const isHeading =
        standardName(label.key) === undefined &&
        below !== undefined &&
        below.middle - last.middle < BELOW * last.height &&
        below.text.split(/\s+/u).length >= TEXT_WORDS;
      if (right - last.right < ROOM * last.height || isHeading) return [];
      return [
        place(label.key, {
          left: last.right,
          right,
          top: last.middle - last.height / 2,
          bottom: last.middle + last.height / 2,
        }),
      ];
    });
  });
}

/** The runs of a piece with the words before each. */
function runsOf({ line }: Piece, angle: number): { label: string | null; box: Box }[] {
  let from = 0;
  const line_ = boxOf(line.quad, angle);
  return [...line.text.matchAll(RUN)].map(({ 0: run, index }) => {
    const label = labelOf(line.text.slice(from, index).replace(/[:：]\s*$/u, ''));
    from = index + run.length;
    const at = (position: number): number => line_.left + ((line_.right - line_.left) * position) / line.text.length;
    return { label, box: { ...line_, left: at(index), right: at(index + run.length) } };
  });
}
