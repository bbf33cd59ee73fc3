import { figure } from '../report.ts';
import { graveFindings } from './axe.ts';
import type { Story } from './story.ts';

/** The reference of the API. */
export const REFERENCE_STORIES: readonly Story[] = [
  {
    name: 'the reference shows the calls of this server with samples in three languages',
    languages: ['en'],
    play: async ({ page, url, picture, expect, measure }) => {
      await page.goto(`${url}/docs`);
      await page.getByRole('heading', { name: /Submit files as a job/ }).waitFor();
      for (const language of ['curl', 'TypeScript', 'Python']) {
        await page.getByRole('tab', { name: language, exact: true }).first().click();
      }
      await page.getByText('requests.post').first().waitFor();
      expect((await page.getByText('/v1/jobs/{id}/result').count()) > 0, 'Every call is there.');
      await picture('docs');
      const found = await graveFindings(page);
      measure(figure('serious findings of axe in the reference', 'findings', found.length, [], { atMost: 0 }));
      if (found.length > 0) throw new Error(found.join('\n'));
    },
  },
];
