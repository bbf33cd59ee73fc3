import type { PageText } from '@docusnap/contracts';
import { type Box, boxOf } from '../layout/places.ts';
import { rowsOf } from '../layout/rows.ts';
import { labelOf } from '../rules/label-text.ts';
import { type Print, printsOf } from './words-beside.ts';

/** Boxes to tick that answer one question: "Sex: [ ] male [x] female". A box of its own has no question. */
export interface TickGroup {
  readonly question: string | null;
  readonly options: readonly {
    readonly label: string;
    readonly checked: boolean;
    readonly box: Box;
    readonly row: number;
  }[];
}

/** Between words of an option, and from a box to its label, in heights of print. */
const GAP = { word: 1.3, label: 2.5, question: 8 } as const;
const MOST_WORDS = 8;
/** What readers of print make of boxes to tick. */
const LIKE_A_BOX = /[^\p{L}\p{N}]|[口回囗oO0DxXvV]/u;

/** The boxes to tick of a page with the words beside them: to the right, else to the left. Those of one row are of one group. */
export function groupTicks(page: PageText, number: number): TickGroup[] {
  const angle = page.angle ?? 0;
  const prints = printsOf(rowsOf(page, number), angle);
  const ticks = (page.checkboxes ?? [])
    .map(({ quad, checked }) => ({ checked, box: boxOf(quad, angle) }))
    .filter(({ box }) => !prints.some((print) => isLetterOf(print, box)))
    .toSorted((a, b) => a.box.left - b.box.left);
  const isLevel = (a: Box, b: Box): boolean =>
    Math.abs(a.top + a.bottom - b.top - b.bottom) < Math.max(a.bottom - a.top, b.bottom - b.top);
  const rows: (typeof ticks)[] = [];
  for (const tick of ticks) {
    const row = rows.find((others) => isLevel(others[0]!.box, tick.box));
    if (row) row.push(tick);
    else rows.push([tick]);
  }
  return rows
    .toSorted((a, b) => a[0]!.box.top - b[0]!.box.top)
    .flatMap((row): TickGroup[] => {
      const level = prints.filter((print) => isLevel(print, row[0]!.box)).toSorted((a, b) => a.left - b.left);
      const options = row.flatMap(({ box, checked }, at) => {
        const behind = run(
          level.filter(
            ({ left, right }) => (left + right) / 2 > box.right && left < (row[at + 1]?.box.left ?? Infinity),
          ),
          box.right,
        );
        const label = labelOf(behind.map(({ text }) => text).join(' '));
        return label === null ? [] : [{ label, checked, box, row: behind[0]!.row }];
      });
      const first = row[0]!.box;
      const before = level.filter(({ right }) => right <= first.left + 1);
      const words = runBack(before, first.left);
      const question = labelOf(words.map(({ text }) => text).join(' '));
      if (options.length === 0) {
        return question === null
          ? []
          : [
              {
                question: null,
                options: [{ label: question, checked: row[0]!.checked, box: first, row: words[0]!.row }],
              },
            ];
      }
      const isOne = options.length > 1 && question !== null;
      return isOne ? [{ question, options }] : options.map((option) => ({ question: null, options: [option] }));
    });
}

/** Whether what looks like a box is a letter inside of a word: "日" and "@" have frames too. A reader takes boxes for the letters that look like them. */
function isLetterOf(print: Print, box: Box): boolean {
  const [x, y] = [(box.left + box.right) / 2, (box.top + box.bottom) / 2];
  const isInside = x > print.left && x < print.right && y > print.top && y < print.bottom;
  if (!isInside || print.text.replace(/[^\p{L}\p{N}]/gu, '').length < 2) return false;
  const at = Math.floor(((x - print.left) / (print.right - print.left)) * print.text.length);
  const isAtEnd = at === 0 || at === print.text.length - 1;
  return !(isAtEnd && LIKE_A_BOX.test(print.text[at] ?? ''));
}

function run(words: readonly Print[], from: number): Print[] {
  const found: Print[] = [];
  let edge = from;
  for (const word of words) {
    const most = (found.length === 0 ? GAP.label : GAP.word) * word.height;
    if (word.left - edge > most || found.length === MOST_WORDS) break;
    found.push(word);
    edge = word.right;
  }
  return found;
}

function runBack(words: readonly Print[], from: number): Print[] {
  const found: Print[] = [];
  let edge = from;
  for (const word of words.toReversed()) {
    const most = (found.length === 0 ? GAP.question : GAP.word) * word.height;
    if (edge - word.right > most || found.length === MOST_WORDS) break;
    found.unshift(word);
    edge = word.left;
  }
  return found;
}
