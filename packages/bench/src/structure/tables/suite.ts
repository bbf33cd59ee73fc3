import { type Figure, figure } from '../../report.ts';
import type { Suite, SuiteOptions } from '../suite.ts';
import { type Counts, compareTables, f1 } from './compare.ts';
import { drawSheet } from './sheet.ts';
import type { Ruling } from './specimen.ts';

/** Cell F1 asked for, by how a table is ruled. */
const TARGETS: Readonly<Record<Ruling, number>> = { ruled: 0.95, 'partly ruled': 0.85, unruled: 0.85 };

/**
 * Tables drawn from a seed. A cell with print counts as found when its row, column and spans agree and its text does but for a tenth of its letters;
 * white space is not compared. Cells of tables that are none, or of one in another place, count as found and not drawn.
 */
export const tableSuite: Suite = {
  name: 'tables',
  async run(options) {
    const figures: Figure[] = [];
    for (const ruling of Object.keys(TARGETS) as Ruling[]) figures.push(await cellFigure(ruling, options));
    return [...figures, await falseTables(options)];
  },
};

async function cellFigure(ruling: Ruling, { count, seed, read }: SuiteOptions): Promise<Figure> {
  const seeds = Array.from({ length: count }, (_, index) => seed * 1000 + index);
  const pages = await read(seeds.map((one) => async () => drawSheet(one, ruling).image));
  const counts = pages.map((page, index): Counts => {
    if (page instanceof Error) throw page;
    return compareTables(drawSheet(seeds[index]!, ruling), page);
  });
  const samples = counts.map((one) => f1([one]));
  return figure(`tables, ${ruling}: cell F1`, '', f1(counts), samples, { atLeast: TARGETS[ruling] });
}

async function falseTables({ count, seed, read }: SuiteOptions): Promise<Figure> {
  const seeds = Array.from({ length: count }, (_, index) => seed * 1000 + index);
  const pages = await read(seeds.map((one) => async () => drawSheet(one, 'none').image));
  const samples = pages.map((page) => {
    if (page instanceof Error) throw page;
    return page.tables?.length ?? 0;
  });
  const total = samples.reduce((sum, found) => sum + found, 0);
  return figure('tables found on pages that have none', '', total, samples, { atMost: 0 });
}
