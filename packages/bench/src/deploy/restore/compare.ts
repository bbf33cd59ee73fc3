import type { Facts } from '../facts.ts';
import type { Finished } from './answers.ts';

/** Each question has to be answered as before. @param options.lists whether lists too: later work is in them */
export function compareAnswers(
  facts: Facts,
  name: string,
  { answers: before }: Finished,
  now: Readonly<Record<string, string>>,
  { lists = true }: { readonly lists?: boolean } = {},
): void {
  for (const [question, answer] of Object.entries(before)) {
    if (!lists && question.startsWith('/v1/jobs?')) continue;
    facts.note(`${name}: ${question} is answered as before`, now[question] === answer, now[question]);
  }
}
