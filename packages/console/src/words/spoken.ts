import { type Language, language } from './language.ts';

/**
 * The words of one room in every language. The English ones say which there are: a missing or superfluous one in another language is a
 * type error. Asked within a component, they change with the language.
 */
export function spoken<W extends object>(en: W, zh: NoInfer<W>): () => W {
  const all: Readonly<Record<Language, W>> = { en, zh };
  return () => all[language.value];
}
