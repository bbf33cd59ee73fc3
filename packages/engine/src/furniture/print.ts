import type { Line } from '@docusnap/contracts';
import { type Bounds, boundsOf } from '../geometry/bounds.ts';
import type { Frame } from './frame.ts';

/** A word and where it stands, in pixels of the frame. */
export interface PlacedWord extends Bounds {
  readonly text: string;
  readonly confidence: number;
}

/** The recognised print of a page, in pixels of the frame. */
export interface Print {
  readonly words: readonly PlacedWord[];
  readonly lines: readonly (Bounds & { readonly text: string })[];
  /** Heights of its lines: of the smaller, the middle and the larger ones. */
  readonly heights: { readonly small: number; readonly middle: number; readonly large: number };
}

/** What a page without print is taken to be written in, in pixels. */
const USUAL_HEIGHT = 28;
/** The fifth of the lines, by length, that are smaller or larger still. */
const FEW = 0.2;

export function printOf(frame: Frame, lines: readonly Line[]): Print {
  const place = ({ quad: [a, b, c, d] }: Pick<Line, 'quad'>): Bounds =>
    boundsOf([[frame.fromPage(a), frame.fromPage(b), frame.fromPage(c), frame.fromPage(d)]]);
  const placed = lines.map((line) => ({ ...place(line), text: line.text }));
  return {
    words: lines.flatMap(({ words }) =>
      words.map((word) => ({ ...place(word), text: word.text, confidence: word.confidence })),
    ),
    lines: placed,
    heights: heightsOf(placed),
  };
}

function heightsOf(lines: readonly (Bounds & { readonly text: string })[]): Print['heights'] {
  const sized = lines
    .map(({ left, top, right, bottom, text }) => ({
      height: Math.min(bottom - top, right - left),
      letters: text.length,
    }))
    .sort((a, b) => a.height - b.height);
  const total = sized.reduce((sum, { letters }) => sum + letters, 0);
  const at = (part: number) => {
    let passed = 0;
    const found = sized.find(({ letters }) => {
      passed += letters;
      return passed >= total * part;
    });
    return found?.height ?? USUAL_HEIGHT;
  };
  return { small: at(FEW), middle: at(0.5), large: at(1 - FEW) };
}
