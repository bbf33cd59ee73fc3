import { effect, signal } from '@preact/signals';
import { remember, remembered } from '../frame/remembered.ts';

/** The languages of the console, each named in itself. */
export const LANGUAGES = { en: 'English', zh: '中文' } as const;
export type Language = keyof typeof LANGUAGES;

const TAGS: Readonly<Record<Language, string>> = { en: 'en', zh: 'zh-CN' };

/** The language that the page speaks: as was chosen here before, else as the browser asks. */
export const language = signal<Language>(chosen());

function chosen(): Language {
  const kept = remembered('language');
  if (kept === 'en' || kept === 'zh') return kept;
  const asked = globalThis.navigator?.languages ?? [];
  const first = asked.find((tag) => /^(en|zh)\b/i.test(tag));
  return first && /^zh/i.test(first) ? 'zh' : 'en';
}

export function speak(next: Language): void {
  language.value = next;
  remember('language', next);
}

/** BCP 47, for dates and numbers. */
export function languageTag(): string {
  return TAGS[language.value];
}

/** Tells the document itself, so that screen readers and hyphenation know. */
export function keepDocumentLanguage(): () => void {
  return effect(() => {
    document.documentElement.lang = TAGS[language.value];
  });
}
