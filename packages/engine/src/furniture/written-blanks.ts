import type { Bounds } from '../geometry/bounds.ts';
import type { Print } from './print.ts';

/** Characters that stand for a place to write in, in a row. */
const RUN = /_{3,}|\.{8,}|…{3,}|＿{2,}|‗{3,}/g;
/** Dots that lead to a page number are no such place. */
const LEADS_ON = /^[ .…]*\d+\s*$/;

/** Places to write in that are written as rows of underscores or dots. */
export function writtenBlanks({ words, lines }: Print): Bounds[] {
  return words.flatMap((word) => {
    const letters = [...word.text];
    const width = (word.right - word.left) / letters.length;
    return [...word.text.matchAll(RUN)].flatMap(([run], index, all) => {
      const before = [...word.text.slice(0, all[index]!.index)].length;
      const rest = restOfLine(word, lines, word.text.slice(all[index]!.index + run.length));
      if (!run.includes('_') && LEADS_ON.test(rest)) return [];
      const left = word.left + before * width;
      return [{ left, right: left + [...run].length * width, top: word.top, bottom: word.bottom }];
    });
  });
}

/** What comes behind a run of dots: in its word, else in the line that holds it. */
function restOfLine(
  { left, top, bottom, text }: Print['words'][number],
  lines: Print['lines'],
  inWord: string,
): string {
  const middle = (top + bottom) / 2;
  const line = lines.find((one) => one.left <= left && one.right >= left && one.top <= middle && one.bottom >= middle);
  const behind = line?.text.slice(line.text.indexOf(text) + text.length) ?? '';
  return inWord + behind;
}
