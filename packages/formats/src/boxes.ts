import type { Checkbox, Line, PageText, Quad } from '@docusnap/contracts';

const SIGNS = { checked: '☒', open: '☐' } as const;
/** A box belongs to the word behind it, up to so many of its own widths away, whose line it stands level with. */
const MOST_WIDTHS = 4;
/** Print is upright, or nearly. Boxes of turned pages stay where they are: in JSON. */
const MOST_ANGLE = 10;

interface Extent {
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
}

/** The page, each check box as a sign in front of the word behind it: what was ticked is an answer, and no letter says it. */
export function withBoxes(page: PageText): PageText {
  const { checkboxes = [], angle = 0 } = page;
  if (checkboxes.length === 0 || Math.min(angle, 360 - angle) > MOST_ANGLE) return page;
  const lines = page.blocks.flatMap((block) => block.lines);
  /** What stands for a word of a line. */
  const signs = new Map<Line, Map<number, string>>();
  const put = (line: Line, index: number, text: string): void => {
    signs.set(line, (signs.get(line) ?? new Map<number, string>()).set(index, text));
  };
  for (const box of checkboxes) {
    const sign = box.checked ? SIGNS.checked : SIGNS.open;
    const [own, behind] = [wordOn(box, lines), wordBehind(box, lines)];
    if (own) put(own.line, own.index, sign);
    else if (behind) put(behind.line, behind.index, `${sign} ${behind.line.words[behind.index]!.text}`);
  }
  return {
    ...page,
    blocks: page.blocks.map((block) => ({ ...block, lines: block.lines.map((line) => signed(line, signs.get(line))) })),
  };
}

interface Place {
  readonly line: Line;
  readonly index: number;
}

/** What the recogniser read of the box itself: one sign, that stands where the box does. */
function wordOn({ quad }: Checkbox, lines: readonly Line[]): Place | undefined {
  const box = extentOf(quad);
  for (const line of lines) {
    const index = line.words.findIndex(({ text, quad: own }) => {
      const { left, right, top, bottom } = extentOf(own);
      const [x, y] = [(left + right) / 2, (top + bottom) / 2];
      return [...text].length === 1 && x > box.left && x < box.right && y > box.top && y < box.bottom;
    });
    if (index >= 0) return { line, index };
  }
  return undefined;
}

function wordBehind({ quad }: Checkbox, lines: readonly Line[]): Place | undefined {
  const box = extentOf(quad);
  const width = box.right - box.left;
  const middle = (box.top + box.bottom) / 2;
  let nearest: Place | undefined;
  let least = MOST_WIDTHS * width;
  for (const line of lines) {
    const { top, bottom } = extentOf(line.quad);
    if (middle < top || middle > bottom) continue;
    for (const [index, word] of line.words.entries()) {
      const distance = extentOf(word.quad).left - (box.left + box.right) / 2;
      if (distance > 0 && distance < least) {
        least = distance;
        nearest = { line, index };
      }
    }
  }
  return nearest;
}

function signed(line: Line, signs: ReadonlyMap<number, string> | undefined): Line {
  if (!signs) return line;
  const words = line.words.map((word, index) => ({ ...word, text: signs.get(index) ?? word.text }));
  let [text, from] = ['', 0];
  for (const [index, word] of line.words.entries()) {
    const at = line.text.indexOf(word.text, from);
    if (at < 0) return line;
    text += line.text.slice(from, at) + words[index]!.text;
    from = at + word.text.length;
  }
  return { ...line, text: text + line.text.slice(from), words };
}

function extentOf(quad: Quad): Extent {
  const [xs, ys] = [quad.map(([x]) => x), quad.map(([, y]) => y)];
  return { left: Math.min(...xs), top: Math.min(...ys), right: Math.max(...xs), bottom: Math.max(...ys) };
}
