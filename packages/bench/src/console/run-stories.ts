import type { Browser } from 'playwright-core';
import { type Figure, figure } from '../report.ts';
import type { RunningSystem } from '../system.ts';
import { openTheatre } from './stage.ts';
import { LANGUAGES, type Language, type Story } from './story.ts';

export interface StoriesOptions {
  readonly languages?: readonly Language[];
  readonly screenshots?: string | undefined;
  readonly say: (line: string) => void;
}

/** Plays the stories in each language, one after another; one that fails does not hold up the others. */
export async function playStories(
  browser: Browser,
  system: RunningSystem,
  stories: readonly Story[],
  { languages = Object.keys(LANGUAGES) as Language[], screenshots, say }: StoriesOptions,
): Promise<Figure[]> {
  const figures: Figure[] = [];
  const failed: string[] = [];
  const complaints: string[] = [];
  const strangers: string[] = [];
  let played = 0;
  for (const language of languages) {
    const theatre = await openTheatre(browser, system, { language, screenshots, measure: (one) => figures.push(one) });
    for (const story of stories.filter((one) => one.languages?.includes(language) ?? true)) {
      played += 1;
      const started = performance.now();
      const why = await playOne(theatre.openStage, story);
      const seconds = ((performance.now() - started) / 1_000).toFixed(1).padStart(6);
      say(`${seconds} s  ${language}  ${why === null ? 'ok    ' : 'FAILED'}  ${story.name}`);
      if (why !== null) {
        say(why.stack ?? why.message);
        failed.push(story.name);
      }
    }
    complaints.push(...theatre.witness.complaints);
    strangers.push(...theatre.witness.strangers);
    await theatre.close();
  }
  for (const line of [...complaints, ...strangers]) say(line);
  return [
    ...figures,
    figure(`stories that failed, of ${played}`, 'stories', failed.length, [], { atMost: 0 }),
    figure('errors in the console, exceptions, violations of the policy', 'times', complaints.length, [], {
      atMost: 0,
    }),
    figure('requests to anybody but the server', 'requests', strangers.length, [], { atMost: 0 }),
  ];
}

async function playOne(openStage: () => Promise<Parameters<Story['play']>[0]>, story: Story): Promise<Error | null> {
  const stage = await openStage();
  try {
    await story.play(stage);
    return null;
  } catch (error) {
    await stage.picture(`failed-${story.name.replaceAll(/\W+/g, '-').slice(0, 60)}`).catch(() => undefined);
    return error instanceof Error ? error : new Error(String(error));
  } finally {
    await stage.page.close();
  }
}
