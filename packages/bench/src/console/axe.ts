import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { Page } from 'playwright-core';

const SOURCE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
/** What may not be found. */
const GRAVE: readonly string[] = ['serious', 'critical'];

interface AxeFinding {
  readonly id: string;
  readonly impact: string | null;
  readonly help: string;
  readonly nodes: readonly { readonly html: string; readonly failureSummary?: string }[];
}

interface Axe {
  run(context: Document, options: object): Promise<{ readonly violations: readonly AxeFinding[] }>;
}

/** Serious and critical findings of axe-core on the page as it stands, a sentence each. */
export async function graveFindings(page: Page): Promise<string[]> {
  // Evaluated by the debugger, past the page's policy, which would let no script of ours in.
  const isThere = await page.evaluate(() => 'axe' in globalThis);
  if (!isThere) await page.evaluate(SOURCE);
  const violations = await page.evaluate(async () => {
    const { axe } = globalThis as unknown as { axe: Axe };
    return (await axe.run(document, { resultTypes: ['violations'] })).violations;
  });
  return violations
    .filter(({ impact }) => impact !== null && GRAVE.includes(impact))
    .map(({ id, impact, help, nodes }) => {
      const [first] = nodes;
      return `${impact}: ${help} (${id}), ${nodes.length} times, first ${first?.html.slice(0, 200)}: ${first?.failureSummary?.replaceAll(/\s+/g, ' ').slice(0, 300)}`;
    });
}

/** Pixels that the page is wider than the window. */
export function overhang(page: Page): Promise<number> {
  return page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
}
