/** Han, kana and full-width signs: scripts that put no spaces between words. */
const UNSPACED = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\u3000-\u303f\uff00-\uff60]/u;
/**
 * What no format can hold: controls (C0 with tab and line ends, DEL, C1), line and paragraph separators, and code points that are no
 * characters. XML 1.0 forbids most of them outright; form feeds and line ends would break pages and rows apart.
 */
const UNFIT = /[\p{Cc}\u2028\u2029\ufdd0-\ufdef\ufffe\uffff]+/gu;

const PRINTABLE = /^[ -~]*$/;

/** A text of one line that every format can hold: what is unfit becomes a space, half a surrogate pair U+FFFD. */
export function fitText(text: string): string {
  if (PRINTABLE.test(text)) return text;
  return text.toWellFormed().replace(UNFIT, ' ');
}

export function isUnspaced(character: string): boolean {
  return UNSPACED.test(character);
}

export function firstCharacter(text: string): string {
  return String.fromCodePoint(text.codePointAt(0) ?? 0x20);
}

export function lastCharacter(text: string): string {
  const last = text.at(-1) ?? ' ';
  return /[\udc00-\udfff]/.test(last) ? text.slice(-2) : last;
}
