/**
 * Tokens a character costs, by kind: four Latin letters or one Han character make about a token with the byte-pair vocabularies of today's models;
 * other alphabets are cut finer; digits go in ones to threes, marks stand mostly alone. Estimates only: no tokeniser is the same as the next.
 */
const COSTS: readonly (readonly [RegExp, number])[] = [
  [/[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}]/gu, 1],
  [/[\p{Script=Latin}\s]/gu, 0.25],
  [/\p{N}/gu, 0.5],
  [/[^\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}\p{Script=Latin}\p{N}\s]/gu, 0.5],
];

/** About how many tokens a text is. */
export function estimateTokens(text: string): number {
  return Math.ceil(COSTS.reduce((sum, [kind, cost]) => sum + cost * (text.match(kind)?.length ?? 0), 0));
}
