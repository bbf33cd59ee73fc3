import { drawForm, drawPage } from '@docusnap/testing';
import { type Figure, figure } from '../../report.ts';
import type { Suite } from '../suite.ts';
import { compareBlanks, compareCheckboxes, type Found } from './compare.ts';

/** What is asked for: of the boxes drawn, how many are found in their state; of those found, how many were drawn; of the blanks, both as one. */
const TARGETS = { state: 0.98, precision: 0.98, blanks: 0.9 };

/** Forms drawn from a seed: boxes and buttons to tick, lines and boxes to write in, among print, rules and tables. */
export const furnitureSuite: Suite = {
  name: 'furniture',
  async run({ count, seed, read }): Promise<Figure[]> {
    const forms = Array.from({ length: count }, (_, index) => drawForm(seed * 1000 + index));
    const pages = await read(
      forms.map(
        ({ drawing }) =>
          () =>
            drawPage(drawing),
      ),
    );
    const compared = pages.map((page, index) => {
      if (page instanceof Error) throw page;
      return { boxes: compareCheckboxes(forms[index]!, page), blanks: compareBlanks(forms[index]!, page) };
    });
    const boxes = compared.map((one) => one.boxes);
    const blanks = compared.map((one) => one.blanks);
    const state = boxes.map(({ rightState, drawn }) => part(rightState, drawn));
    const precision = boxes.map(({ right, found }) => part(right, found));
    const total = (of: 'drawn' | 'found' | 'right' | 'rightState') => boxes.reduce((sum, one) => sum + one[of], 0);
    return [
      figure('checkboxes found in their state', '', part(total('rightState'), total('drawn')), state, {
        atLeast: TARGETS.state,
      }),
      figure('checkboxes: precision', '', part(total('right'), total('found')), precision, {
        atLeast: TARGETS.precision,
      }),
      figure(
        'blanks: F1',
        '',
        f1(blanks),
        blanks.map((one) => f1([one])),
        { atLeast: TARGETS.blanks },
      ),
    ];
  },
};

function f1(pages: readonly Found[]): number {
  const sum = (of: keyof Found) => pages.reduce((all, one) => all + one[of], 0);
  return part(2 * sum('right'), sum('drawn') + sum('found'));
}

function part(some: number, all: number): number {
  return all === 0 ? 1 : some / all;
}
