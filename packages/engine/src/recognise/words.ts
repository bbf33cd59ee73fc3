import type { Line, Word } from '@docusnap/contracts';
import { quadOf, type Region, stretchOf } from '../geometry/region.ts';
import type { Character } from './decode.ts';
import { middleOf } from './pitch.ts';

/**
 * A line with its words, from the words' characters read in a region.
 *
 * Where a word lies follows from time: each step of the recogniser sees an equal part of the region's length.
 * A word reaches half a letter beyond the middles of its first and last letter, but not past the middle of the gap to its neighbour.
 *
 * @param steps time steps of the whole region
 * @param groups the characters of each word, at least one
 */
export function lineOf(region: Region, steps: number, groups: readonly (readonly Character[])[]): Line {
  const half = letterWidth(groups) / 2;
  const words = groups.map((word, index): Word => {
    const [first, last] = [middleOf(word[0]!), middleOf(word[word.length - 1]!)];
    const before = groups[index - 1];
    const after = groups[index + 1];
    const start = before ? Math.max(first - half, (middleOf(before[before.length - 1]!) + first) / 2) : first - half;
    const end = after ? Math.min(last + half, (last + middleOf(after[0]!)) / 2) : last + half;
    return {
      text: textOf(word),
      quad: quadOf(stretchOf(region, Math.max(0, start / steps), Math.min(1, end / steps))),
      confidence: confidenceOf(word),
    };
  });
  return {
    text: words.map((word) => word.text).join(' '),
    quad: quadOf(region),
    confidence: confidenceOf(groups.flat()),
    words,
  };
}

/** The mean probability of characters. */
export function confidenceOf(characters: readonly Character[]): number {
  const sum = characters.reduce((total, { probability }) => total + probability, 0);
  return Math.min(1, Math.round((sum / characters.length) * 1e4) / 1e4);
}

function textOf(characters: readonly Character[]): string {
  return characters.map(({ text }) => text).join('');
}

/** The median distance, in steps, between the middles of neighbours within words; 2 where there is none to measure. */
function letterWidth(words: readonly (readonly Character[])[]): number {
  const distances = words
    .flatMap((word) => word.slice(1).map((character, index) => middleOf(character) - middleOf(word[index]!)))
    .sort((a, b) => a - b);
  return distances[distances.length >> 1] ?? 2;
}
