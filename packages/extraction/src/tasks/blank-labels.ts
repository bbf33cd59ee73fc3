import type { Blank, PageText, Quad } from '@docusnap/contracts';
import { type Box, boxOf, quadOf, shareAcross, union } from '../layout/places.ts';
import { rowsOf } from '../layout/rows.ts';
import { labelOf } from '../rules/label-text.ts';
import { standardName } from '../rules/vocabulary.ts';
import { findDates } from '../values/dates.ts';
import { contentWords } from './words.ts';
import { type Print, phrasesAcross, printsOf, wordsLeft, wordsRight } from './words-beside.ts';

/** A place to fill with its label as printed. */
export interface LabelledPlace {
  readonly label: string;
  readonly page: number;
  /** Upright. */
  readonly box: Box;
  /** On the page. */
  readonly quad: Quad;
}

interface Place {
  readonly label: string;
  readonly box: Box;
}

/** A blank right before its words has them this near, and none to its left nearer than that, in heights of print. */
const BEFORE = { right: 0.8, left: 2 } as const;
/** Lines to write on belong together when they are one over the other, this many heights apart. */
const STACKED = 3.2;
/** What stands above or below a blank without a colon is a label up to so many words. */
const MOST_WORDS = 5;

/**
 * The blanks of a page with the labels they have: to the left, or right behind them, else below a line or above. A line with several captions
 * under it is several places; lines under each other with one label are one.
 */
export function labelBlanks(page: PageText, number: number): LabelledPlace[] {
  const angle = page.angle ?? 0;
  const prints = printsOf(rowsOf(page, number), angle);
  const blanks = (page.blanks ?? [])
    .map(({ kind, quad }) => ({ kind, box: boxOf(quad, angle) }))
    .toSorted((a, b) => (areLevel(a.box, b.box) ? a.box.left - b.box.left : a.box.top - b.box.top));
  const boxes = blanks.map(({ box }) => box);
  const used = new Set<Print>();
  const places: { label: string; boxes: Box[] }[] = [];
  for (const { kind, box } of blanks) {
    const found = namesOf(prints, boxes, { kind, box, used });
    for (const { label, box: own } of found) places.push({ label, boxes: [own] });
    const above =
      found.length > 0
        ? undefined
        : places.findLast(({ boxes: [first, ...more] }) => isStacked(more.at(-1) ?? first!, box, prints));
    above?.boxes.push(box);
  }
  return places.map(({ label, boxes: parts }) => {
    const box = union(parts);
    return { label, page: number, box, quad: quadOf(box, angle) };
  });
}

function namesOf(
  prints: readonly Print[],
  blanks: readonly Box[],
  { kind, box, used }: { readonly kind: Blank['kind']; readonly box: Box; readonly used: Set<Print> },
): Place[] {
  const height = usualHeight(prints, box);
  const baseline = kind === 'line' ? box.bottom - height / 2 : (box.top + box.bottom) / 2;
  const free = prints.filter((print) => !used.has(print));
  const left = wordsLeft(free, blanks, { box, baseline, height });
  const right = wordsRight(free, blanks, box, height);
  const isBefore =
    left.gap > BEFORE.left * height && right.length > 0 && right[0]!.left - box.right < BEFORE.right * height;
  const beside = isBefore ? right : left.words;
  const label = labelFrom(beside);
  if (label !== undefined) {
    for (const print of beside) used.add(print);
    return [{ label, box }];
  }
  const captions = kind === 'line' ? captionsOf(phrasesAcross(free, box, height, 'below')) : [];
  if (captions.length > 0) return cutAt(captions, box);
  const above = phrasesAcross(free, box, height, 'above');
  const isCaption = above.some(([word]) => blanks.some((blank) => blank !== box && isUnder(word!, blank)));
  const over = isCaption || above.length !== 1 ? undefined : labelFrom(above[0]!);
  const isShort = above.length === 1 && (above[0]!.length <= MOST_WORDS || /[:：]$/.test(above[0]!.at(-1)!.text));
  return over !== undefined && isShort ? [{ label: over, box }] : [];
}

/** A text right under a line that says what to write on it; `label` is undefined where it was misread. */
interface Caption {
  readonly label: string | undefined;
  readonly words: readonly Print[];
}

/** Short texts right under a line: "Signature", "Date". What ends with a colon asks for something of its own, and long print is a text. */
function captionsOf(phrases: readonly Print[][]): Caption[] {
  const captions = phrases.map((words) => ({ label: labelFrom(words), words }));
  const areShort = phrases.every((words) => words.length <= MOST_WORDS && !/[:：]$/.test(words.at(-1)!.text));
  return areShort && captions.some(({ label }) => label !== undefined) ? captions : [];
}

/** A line as one place a caption: each up to where the next begins. */
function cutAt(captions: readonly Caption[], box: Box): Place[] {
  return captions.flatMap(({ label, words }, at) => {
    const left = at === 0 ? box.left : words[0]!.left;
    const right = captions[at + 1]?.words[0]?.left ?? box.right;
    return label === undefined ? [] : [{ label, box: { ...box, left, right } }];
  });
}

/** Words as a label; undefined where they say nothing: a numbering, a sum, a lone word of a sentence. */
function labelFrom(words: readonly Print[]): string | undefined {
  const print = words
    .map(({ text }) => text)
    .join(' ')
    .replace(/[_…]{2,}|\.{3,}/gu, ' ');
  const label = labelOf(print) ?? print.replace(/^[\s*•·]+|[\s*:：.]+$/gu, '');
  if (standardName(label) !== undefined) return label;
  if (findDates(label, { dayFirst: true }).length > 0) return undefined;
  const isWords = /\p{L}{2}|\p{Script=Han}/u.test(label) && !/^\P{L}*\d[\P{L}\d]*$/u.test(label);
  const isAlone = words.length === 1 && !/[:：]$/.test(print.trim()) && contentWords(label).length === 0;
  return isWords && !isAlone ? label : undefined;
}

function usualHeight(prints: readonly Print[], box: Box): number {
  const away = (a: Box): number =>
    Math.abs(a.top + a.bottom - box.top - box.bottom) + Math.abs(a.left + a.right - box.left - box.right) / 4;
  const near = prints.toSorted((a, b) => away(a) - away(b)).slice(0, 5);
  return near.map(({ height }) => height).toSorted((a, b) => a - b)[near.length >> 1] ?? box.bottom - box.top;
}

function areLevel(a: Box, b: Box): boolean {
  return Math.abs(a.bottom - b.bottom) < Math.min(a.bottom - a.top, b.bottom - b.top) / 2;
}

/** Whether print stands right under a line, as its caption. */
function isUnder(print: Print, line: Box): boolean {
  const down = print.top - line.bottom;
  return shareAcross(print, line) > 0.5 && down > -print.height / 2 && down < print.height;
}

/** Whether a line to write on goes on with another one above it: no print stands between. */
function isStacked(above: Box, box: Box, prints: readonly Print[]): boolean {
  const height = usualHeight(prints, box);
  const isBelow = shareAcross(box, above) > 0.6 && box.top >= above.top && box.bottom - above.bottom < STACKED * height;
  const isApart = prints.some(
    (print) => print.top > above.bottom - height / 2 && print.bottom < box.bottom && shareAcross(print, box) > 0.5,
  );
  return isBelow && !isApart;
}
