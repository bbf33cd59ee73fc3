import { parseArgs } from 'node:util';
import { launchBrowser, whyNoBrowser } from './console/browser.ts';
import { measureFirstLoad } from './console/budgets.ts';
import { measureNewcomer } from './console/newcomer.ts';
import { playStories } from './console/run-stories.ts';
import { SHORT_STORIES } from './console/short.ts';
import { STORIES } from './console/stories.ts';
import { LANGUAGES, type Language } from './console/story.ts';
import { type Figure, report } from './report.ts';
import { type RunningSystem, startSystem } from './system.ts';
import { oneOf, runCommand, UsageError } from './usage.ts';

/**
 * Plays the stories of the console with a real browser on a real system, in every language, and measures what a visit costs. Each page is
 * looked at by axe-core; errors in the browser's console, violations of the policy and requests to anybody else are counted.
 */

/** What is measured beside the stories, by the names that --only knows. */
const MEASURES = ['newcomer', 'first load'] as const;
const USAGE =
  'npm run test:console -- [--short] [--only PART-OF-NAME[,...]] [--language en|zh] [--screenshots DIR] [--json FILE] [--url URL --key KEY]';

async function main(): Promise<0 | 1> {
  const { values } = parseArgs({
    options: {
      short: { type: 'boolean', default: false },
      only: { type: 'string' },
      language: { type: 'string' },
      screenshots: { type: 'string' },
      json: { type: 'string' },
      url: { type: 'string' },
      key: { type: 'string' },
    },
  });
  const why = whyNoBrowser();
  if (why !== null) {
    console.log(`not run: ${why}`);
    return process.env.CI === 'true' ? 1 : 0;
  }
  const { screenshots, url, key } = values;
  if ((url === undefined) !== (key === undefined)) throw new UsageError('--url and --key belong together.');
  const only = values.only?.split(',');
  const isWanted = (name: string): boolean => only === undefined || only.some((part) => name.includes(part));
  const stories = (values.short ? SHORT_STORIES : STORIES).filter(({ name }) => isWanted(name));
  const isMeasured = (name: string): boolean => !values.short && isWanted(name);
  if (stories.length === 0 && !MEASURES.some(isMeasured))
    throw new UsageError(`Nothing has "${values.only}" in its name.`);
  const languages = languagesOf(values);
  const options = { screenshots, languages, say: (line: string) => console.error(line) };
  const figures: Figure[] = [];
  const browser = await launchBrowser();
  const play = async (system: RunningSystem): Promise<void> => {
    if (isMeasured('first load')) figures.push(...(await measureFirstLoad(browser, system)));
    if (stories.length > 0) figures.push(...(await playStories(browser, system, stories, options)));
  };
  try {
    if (url !== undefined && key !== undefined) await play({ url, key } as RunningSystem);
    else if (isMeasured('newcomer')) figures.unshift(...(await measureNewcomer(browser, startSystem, play)));
    else {
      const system = await startSystem();
      await play(system).finally(() => system.stop());
    }
  } finally {
    await browser.close();
  }
  return report(figures, values.json);
}

/** The short form speaks English only. */
function languagesOf({
  language,
  short,
}: {
  readonly language?: string | undefined;
  readonly short: boolean;
}): Language[] {
  const known = Object.keys(LANGUAGES) as Language[];
  if (language !== undefined) return [oneOf('language', language, known)];
  return short ? ['en'] : known;
}

process.exitCode = await runCommand(USAGE, main);
