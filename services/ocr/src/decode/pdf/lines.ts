import type { Line, Quad, Word } from '@docusnap/contracts';
import type { Character } from './characters.ts';
import { directionOf, inReadingOrder } from './direction.ts';
import { type Placed, place, type Run, startRun } from './runs.ts';

/** Codes without a letter that some fonts have. They tell of a bad layer, but are nothing to be read. */
const CONTROL = /^\p{Cc}$/u;

/**
 * Characters of a text layer as lines and words.
 *
 * What a PDF calls a line is only the order in which its letters were written. So letters are put together by where they stand: first to
 * runs as they follow each other, then runs to lines where one goes on right behind another at the same height, whenever it was written.
 *
 * @param scale pixels for a point
 */
export function linesOfLayer(characters: readonly Character[], scale: number): Line[] {
  const runs: Run[] = [];
  let run: Run | undefined;
  for (const character of characters) {
    if (CONTROL.test(character.text)) continue;
    const placed = place(character);
    if (run?.takes(placed)) run.add(placed);
    else {
      run = startRun(placed);
      runs.push(run);
    }
  }
  const direction = directionOf(runs.flatMap((each) => each.letters()));
  return joined(withScripts(runs)).map((whole) => lineOf(whole, direction, scale));
}

/**
 * Footnote marks and exponents are written apart, some of them last of all, and stand at a height of their own: each belongs to the run it ends.
 * Only runs that end near it are asked, since a page can have tens of thousands.
 */
function withScripts(runs: readonly Run[]): Run[] {
  const hosts = runs.map((run) => ({ run, end: run.end() })).sort((a, b) => a.end - b.end);
  const firstFrom = (end: number): number => {
    let [low, high] = [0, hosts.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (hosts[middle]!.end < end) low = middle + 1;
      else high = middle;
    }
    return low;
  };
  return runs.filter((script) => {
    for (
      let at = firstFrom(script.start - script.size);
      hosts[at] && hosts[at]!.end <= script.start + script.size;
      at += 1
    ) {
      const { run } = hosts[at]!;
      if (run === script || !run.hasScript(script)) continue;
      run.append(script);
      return false;
    }
    return true;
  });
}

/** Runs of one direction that stand at one height, each joined with what follows it closely. */
function joined(runs: readonly Run[]): Run[] {
  const lines: Run[] = [];
  const ordered = [...runs].sort((a, b) => a.turn - b.turn || a.base - b.base);
  let row: Run[] = [];
  const endRow = () => {
    let last: Run | undefined;
    for (const run of row.sort((a, b) => a.start - b.start)) {
      if (last?.repeats(run)) continue;
      if (last?.isFollowedBy(run)) last.append(run);
      else {
        last = run;
        lines.push(run);
      }
    }
  };
  for (const run of ordered) {
    if (row.length > 0 && !row[row.length - 1]!.isLevelWith(run)) {
      endRow();
      row = [];
    }
    row.push(run);
  }
  endRow();
  return lines;
}

function lineOf(run: Run, direction: ReturnType<typeof directionOf>, scale: number): Line {
  const words = inReadingOrder(run.words(), direction).map(
    (word): Word => ({
      text: word.map(({ character }) => character.text).join(''),
      quad: quadOf(run, word, scale),
      confidence: 1,
    }),
  );
  return {
    text: words.map(({ text }) => text).join(' '),
    quad: quadOf(run, run.letters(), scale),
    confidence: 1,
    words,
  };
}

function quadOf({ along: [ux, uy] }: Run, letters: readonly Placed[], scale: number): Quad {
  const [first] = letters as [Placed, ...Placed[]];
  let { start, end, top, bottom } = first;
  for (const letter of letters) {
    start = Math.min(start, letter.start);
    end = Math.max(end, letter.end);
    top = Math.min(top, letter.top);
    bottom = Math.max(bottom, letter.bottom);
  }
  const at = (u: number, v: number): [number, number] => [
    rounded((u * ux - v * uy) * scale),
    rounded((u * uy + v * ux) * scale),
  ];
  return [at(start, top), at(end, top), at(end, bottom), at(start, bottom)];
}

/** Hundredths of a pixel are more than any use of them needs, and whole tails of digits would double the stored page. */
function rounded(value: number): number {
  return Math.round(value * 100) / 100;
}
