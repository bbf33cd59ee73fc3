/**
 * What begins an item of a list: a bullet, a number, a letter. Behind Western marks a space is asked for, or "12.50" and "-10.89" would be items.
 */
const BULLET = '[•◦▪■●○‣⁃∙·*–—-]';
const NUMBER = String.raw`\(?\d{1,3}[.)]|\(?[a-zA-Z][.)]`;
const HAN_NUMBER = String.raw`[①-⑳]|[（(][一二三四五六七八九十]{1,3}[)）]|[一二三四五六七八九十]{1,3}、|\d{1,3}、`;

export const MARK_ALONE = new RegExp(`^(?:${BULLET}|${NUMBER}|${HAN_NUMBER})$`, 'u');
const BULLETED = new RegExp(`^${BULLET}\\s+(?=\\S)`, 'u');
const MARKED = new RegExp(`^(?:(?:${BULLET}|${NUMBER})\\s+(?=\\S)|(?:${HAN_NUMBER})\\s*(?=\\S))`, 'u');

/** The mark an item begins with, its space included; empty where a text is no item. */
export function markOf(text: string): string {
  return MARKED.exec(text)?.[0] ?? '';
}

/** The bullet a text begins with, its space included; empty where there is none. */
export function bulletOf(text: string): string {
  return BULLETED.exec(text)?.[0] ?? '';
}
