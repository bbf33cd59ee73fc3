import type { Page } from 'playwright-core';
import type { Figure } from '../report.ts';

/** Languages of the console, and what browsers that ask for them send. */
export const LANGUAGES = { en: 'en-US', zh: 'zh-CN' } as const;
export type Language = keyof typeof LANGUAGES;

/** What a story of the console is played on: a real system, and a browser that is signed in to it. */
export interface Stage {
  /** Open, signed in, at the first page of the console. It is this story's own. */
  readonly page: Page;
  readonly url: string;
  /** Of the first tenant, with every scope. */
  readonly key: string;
  readonly language: Language;
  /** The words that the page shows in the language of this run. */
  say(en: string, zh: string): string;
  /** Goes to a page of the console, `/jobs`, and waits until it is there. */
  open(place: string): Promise<void>;
  /** A call to the API with the key; throws where it is refused. */
  call<T>(path: string, init?: RequestInit): Promise<T>;
  /** Submits a file through the API and waits for the end of its job; gives the job's id. */
  read(
    file: { readonly name: string; readonly bytes: Buffer },
    fields?: Readonly<Record<string, string>>,
  ): Promise<string>;
  /** Keeps a picture of the page as it stands where `--screenshots` asks for them. */
  picture(name: string): Promise<void>;
  /** From now on calls to this path may be refused: that is what is played. */
  refuses(path: string): void;
  /** Throws, with a sentence, where something is not as it should be. */
  expect(holds: boolean, sentence: string): void;
  /** A figure of this story, reported with those of all others. */
  measure(figure: Figure): void;
}

/** Something that a person does with the console, from beginning to end. It throws where the console does not do its part. */
export interface Story {
  /** A sentence. */
  readonly name: string;
  /** Languages it is played in; both unless told. */
  readonly languages?: readonly Language[];
  readonly play: (stage: Stage) => Promise<void>;
}
