import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { dropFile } from './drop.ts';
import { judge } from './everywhere.ts';
import type { Story } from './story.ts';

const SAMPLE = fileURLToPath(new URL('../../../../deploy/embedded/sample/invoice.jpg', import.meta.url));

/** What `npm test` plays: the way from a dropped file to its text, and one look at each kind of page. */
export const SHORT_STORIES: readonly Story[] = [
  {
    name: 'a dropped file becomes text',
    play: async (stage) => {
      const { page, picture, expect } = stage;
      await dropFile(page, { name: 'invoice.jpg', type: 'image/jpeg', bytes: await readFile(SAMPLE) });
      const text = page.locator('section.text').first();
      await text
        .getByText(/invoice/i)
        .first()
        .waitFor({ timeout: 60_000 });
      expect(page.url().includes('#/read/'), `The address is ${page.url()}`);
      await picture('read');
      await judge(stage, [page.url().split('#')[1]!, '/jobs']);
    },
  },
];
