import { digitalPdf } from '../documents/pdfs.ts';
import { figure } from '../report.ts';
import { graveFindings, overhang } from './axe.ts';
import type { Stage, Story } from './story.ts';

const WIDTHS = { wide: 1_280, narrow: 360 } as const;
const SCHEMES = ['light', 'dark'] as const;
const HEIGHT = 860;

/** Every page there is, in light and dark, wide and at 360 pixels: nothing grave for who cannot see or use a mouse, and nothing sticks out. */
export const EVERYWHERE_STORIES: readonly Story[] = [
  {
    name: 'every page is fit for screen readers, in light and dark, and at 360 pixels',
    play: async (stage) => {
      const id = await stage.read({ name: `everywhere-${stage.language}.pdf`, bytes: digitalPdf(2, 5) });
      const places = [
        '/',
        `/read/${id}`,
        '/understand',
        '/jobs',
        `/jobs/${id}`,
        '/jobs/batches',
        '/operate',
        '/webhooks',
        '/keys',
        '/usage',
      ];
      await judge(stage, places);
    },
  },
];

export async function judge(stage: Stage, places: readonly string[]): Promise<void> {
  const { page, language, open, picture, measure } = stage;
  const found: string[] = [];
  let sticking = 0;
  let looks = 0;
  for (const place of places) {
    for (const [size, width] of Object.entries(WIDTHS)) {
      for (const scheme of SCHEMES) {
        await page.setViewportSize({ width, height: HEIGHT });
        await page.emulateMedia({ colorScheme: scheme });
        await open(place);
        // What comes later than the page, a list or a chart, is looked at as well.
        await page.waitForLoadState('networkidle').catch(() => undefined);
        looks += 1;
        found.push(...(await graveFindings(page)).map((finding) => `${place} ${size} ${scheme}: ${finding}`));
        const over = await overhang(page);
        if (over > 0) found.push(`${place} ${size} ${scheme}: sticks out by ${over} px`);
        sticking += over > 0 ? 1 : 0;
        if (size === 'narrow' || scheme === 'dark')
          await picture(`${place.replaceAll(/\W+/g, '-').slice(0, 16)}-${size}-${scheme}`);
      }
    }
  }
  const grave = found.length - sticking;
  measure(figure(`serious findings of axe, of ${looks} looks (${language})`, 'findings', grave, [], { atMost: 0 }));
  measure(
    figure(`pages that stick out of the window, of ${looks} (${language})`, 'pages', sticking, [], { atMost: 0 }),
  );
  if (found.length > 0) throw new Error(found.join('\n'));
}
