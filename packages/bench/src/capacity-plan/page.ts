import { DEFAULT_DEMAND, planFor } from './plan.ts';
import { tableOfCoefficients, tableOfPlans, tableOfSteps } from './tables.ts';

/** The page that carries the tables. */
export const PAGE = new URL('../../../../deploy/capacity/README.md', import.meta.url);
const RATES = [1, 10, 100, 1_000] as const;

/** The page's text with its tables as they are computed now: each stands between two comments that name it. Throws Error where one is missing. */
export function withTables(text: string): string {
  const plans = RATES.map((pagesPerSecond) => planFor({ ...DEFAULT_DEMAND, pagesPerSecond }));
  const tables = {
    coefficients: tableOfCoefficients(),
    plans: tableOfPlans(plans),
    steps: tableOfSteps(plans),
  };
  return Object.entries(tables).reduce((page, [name, table]) => {
    const [begin, end] = [`<!-- ${name}: npm run capacity -- --write -->\n`, `<!-- end of ${name} -->\n`];
    const [before, rest] = page.split(begin);
    const after = rest?.split(end)[1];
    if (before === undefined || after === undefined) throw new Error(`The page has no place for the table "${name}"`);
    return `${before}${begin}${table}${end}${after}`;
  }, text);
}
