import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Browser } from 'playwright-core';
import { type Figure, figure } from '../report.ts';
import type { RunningSystem } from '../system.ts';
import { dropFile } from './drop.ts';

const RECEIPTS = fileURLToPath(new URL('../../../../../shared/eval/dev/receipts-en', import.meta.url));
const SAMPLE = fileURLToPath(new URL('../../../../deploy/embedded/sample/invoice.jpg', import.meta.url));
const TYPES: Readonly<Record<string, string>> = { '.jpg': 'image/jpeg', '.jpeg': 'image/jpeg', '.png': 'image/png' };

/** What one who has never seen the console drops: the first receipt of the development set, or our sample where there is none. */
async function firstFile(): Promise<{ name: string; type: string; bytes: Buffer }> {
  const folder = [join(RECEIPTS, 'images'), RECEIPTS].find(existsSync);
  const names = folder === undefined ? [] : await readdir(folder);
  const name = names.toSorted().find((one) => extname(one).toLowerCase() in TYPES);
  const path = folder !== undefined && name !== undefined ? join(folder, name) : SAMPLE;
  return { name: name ?? 'invoice.jpg', type: TYPES[extname(path).toLowerCase()]!, bytes: await readFile(path) };
}

/**
 * The newcomer's path from an installed clone: `npm start`, the link that it prints, a file dropped, its text seen.
 *
 * @param start starts the system; a new one
 */
export async function measureNewcomer(
  browser: Browser,
  start: () => Promise<RunningSystem>,
  use: (system: RunningSystem) => Promise<void>,
): Promise<Figure[]> {
  const begun = performance.now();
  const since = (): number => (performance.now() - begun) / 1_000;
  const system = await start();
  try {
    const started = since();
    if (system.consoleLink === null) throw new Error('npm start printed no link to the console.');
    const file = await firstFile();
    const context = await browser.newContext();
    const page = await context.newPage();
    await page.goto(system.consoleLink);
    await dropFile(page, file);
    await page
      .locator('section.text')
      .getByText(/\w{3,}/)
      .first()
      .waitFor({ timeout: 120_000 });
    const seen = since();
    await context.close();
    await use(system);
    return [
      figure('newcomer: npm start until the link is there', 's', started, []),
      figure('newcomer: from the link until the text of the first receipt is seen', 's', seen - started, []),
      figure('newcomer: in all', 's', seen, []),
      // The link, and the file that is dropped.
      figure('newcomer: clicks and drops', 'acts', 2, []),
    ];
  } finally {
    await system.stop();
  }
}
