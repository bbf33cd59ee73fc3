import { request } from 'node:http';
import type { Browser } from 'playwright-core';
import { digitalPdf } from '../documents/pdfs.ts';
import { type Figure, figure, median } from '../report.ts';
import type { RunningSystem } from '../system.ts';
import { callerOf, newLink } from './stage.ts';
import type { Story } from './story.ts';

const KB = 1_000;
const FIRST_LOAD_KB = 200;
const INTERACTIVE_MS = 1_000;
const TASK_MS = 100;
/** Cold loads that the median is taken of. */
const LOADS = 5;
const LONG_PAGES = 300;
/** Pixels of one turn of the wheel, and milliseconds from one to the next: a hurried reader. */
const WHEEL = { pixels: 900, ms: 30 } as const;
/** Milliseconds that the page may be at rest before it is called interactive. */
const STORED_MS = 600_000;

/** How much and how long a first visit takes: nothing kept from before, signed in by a link. */
export async function measureFirstLoad(browser: Browser, system: RunningSystem): Promise<Figure[]> {
  const interactive: number[] = [];
  let urls: string[] = [];
  for (let load = 0; load < LOADS; load += 1) {
    const context = await browser.newContext();
    const page = await context.newPage();
    // What a person can do first: a place for files that listens.
    await page.addInitScript(() => {
      const at = globalThis as unknown as { interactiveAt?: number };
      new MutationObserver(() => {
        if (at.interactiveAt === undefined && document.querySelector('.drop-area'))
          at.interactiveAt = performance.now();
      }).observe(document, { childList: true, subtree: true });
    });
    await page.goto(system.url + (await newLink(callerOf(system))));
    await page.waitForFunction(() => (globalThis as unknown as { interactiveAt?: number }).interactiveAt !== undefined);
    await page.waitForLoadState('networkidle');
    interactive.push(await page.evaluate(() => (globalThis as unknown as { interactiveAt: number }).interactiveAt));
    urls = await page.evaluate(() => [
      location.origin + location.pathname,
      ...performance.getEntriesByType('resource').map(({ name }) => name),
    ]);
    await context.close();
  }
  const files = [...new Set(urls)].filter((url) => !url.includes('/v1/'));
  const sizes = await Promise.all(files.map(gzipBytes));
  return [
    figure('first load, gzip', 'kB', sizes.reduce((sum, size) => sum + size, 0) / KB, sizes, { atMost: FIRST_LOAD_KB }),
    figure('first load until files can be dropped, median of 5', 'ms', median(interactive), interactive, {
      atMost: INTERACTIVE_MS,
    }),
  ];
}

/** Bytes of the body as they come over the wire. */
function gzipBytes(url: string): Promise<number> {
  return new Promise((resolve, reject) => {
    const sent = request(url, { headers: { 'accept-encoding': 'gzip' } }, (response) => {
      let bytes = 0;
      response.on('data', (chunk: Buffer) => {
        bytes += chunk.length;
      });
      response.on('end', () => resolve(bytes));
      response.on('error', reject);
    });
    sent.on('error', reject).end();
  });
}

interface Watched {
  longest?: number[];
}

/** A document of 300 pages. */
export const LONG_DOCUMENT_STORIES: readonly Story[] = [
  {
    name: 'a document of 300 pages scrolls without holding up the page',
    languages: ['en'],
    play: async ({ page, read, open, picture, measure, expect }) => {
      page.setDefaultTimeout(STORED_MS);
      const id = await read(
        { name: 'three-hundred.pdf', bytes: digitalPdf(LONG_PAGES, 7) },
        { options: '{"cache":false}' },
      );
      await open(`/read/${id}`);
      await page.locator('section.text').first().waitFor();
      await page.evaluate(() => {
        const watched = globalThis as Watched;
        watched.longest = [];
        new PerformanceObserver((list) => {
          for (const { duration } of list.getEntries()) watched.longest?.push(duration);
        }).observe({ type: 'longtask' });
      });
      const height = () => page.evaluate(() => document.documentElement.scrollHeight);
      const at = () => page.evaluate(() => scrollY + innerHeight);
      await page.mouse.move(640, 430);
      let moved = 0;
      for (let turns = 0; turns < 4_000 && (await at()) < (await height()) - 2; turns += 1) {
        await page.mouse.wheel(0, WHEEL.pixels);
        moved += WHEEL.pixels;
        await page.waitForTimeout(WHEEL.ms);
        if (turns % 50 === 49) await page.waitForTimeout(300);
      }
      await page.getByText(`Page ${LONG_PAGES}`, { exact: false }).first().waitFor();
      await picture('three-hundred');
      const tasks = await page.evaluate(() => (globalThis as Watched).longest ?? []);
      const nodes = await page.evaluate(() => document.querySelectorAll('*').length);
      expect(moved > 10_000, `Scrolled only ${moved} px.`);
      measure(
        figure('longest task while scrolling 300 pages', 'ms', Math.max(0, ...tasks), tasks, { atMost: TASK_MS }),
      );
      measure(figure('elements in the page at its end', 'elements', nodes, []));
    },
  },
];
