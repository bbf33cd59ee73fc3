/** One page as it is compared: its lines as text. */
export interface ScoredPage {
  readonly name: string;
  readonly truth: readonly string[];
  /** Nothing read counts as empty. */
  readonly said: readonly string[];
}

export interface ScoreOptions {
  /** For truth that is written in one case though the print is mixed. */
  readonly ignoreCase: boolean;
}

/** Fractions; the F1 measures are higher when better, the character error rate lower. */
export interface Scores {
  /** Harmonic mean of precision and recall over the bag of words: needs right spaces. */
  readonly wordF1: number;
  /** The same over the bag of adjacent character pairs inside a line, spaces left out: how well glyphs are read. */
  readonly pairF1: number;
  /** Edit distance of the whole text, divided by the length of the truth: needs right reading order too. */
  readonly cer: number;
}

/** Scores of all pages together (micro-averaged: each word, pair or character counts the same), and of each page. */
export function score(
  pages: readonly ScoredPage[],
  { ignoreCase }: ScoreOptions,
): { total: Scores; pages: (Scores & { name: string })[] } {
  const counted = pages.map(({ name, truth, said }) => ({ name, counts: count(fold(truth), fold(said)) }));
  return {
    total: scoresOf(counted.map(({ counts }) => counts)),
    pages: counted.map(({ name, counts }) => ({ name, ...scoresOf([counts]) })),
  };

  /** Compatibility forms (full width, ligatures) become plain ones, white space becomes single spaces, empty lines go. */
  function fold(lines: readonly string[]): string[] {
    return lines
      .map((line) => (ignoreCase ? line.toLowerCase() : line).normalize('NFKC').replace(/\s+/g, ' ').trim())
      .filter((line) => line !== '');
  }
}

/** How much of what was said is in the truth, and how much there is of both. */
interface Overlap {
  readonly hit: number;
  readonly truth: number;
  readonly said: number;
}

interface Counts {
  readonly words: Overlap;
  readonly pairs: Overlap;
  readonly edits: number;
  /** Of the truth, in UTF-16 units. */
  readonly length: number;
}

function count(truth: readonly string[], said: readonly string[]): Counts {
  const [whole, read] = [truth.join(' '), said.join(' ')];
  return {
    words: overlap(wordsOf(truth), wordsOf(said)),
    pairs: overlap(pairsOf(truth), pairsOf(said)),
    edits: editDistance(whole, read),
    length: whole.length,
  };
}

function scoresOf(counts: readonly Counts[]): Scores {
  const sum = (of: (counts: Counts) => number) => counts.reduce((total, one) => total + of(one), 0);
  const f1 = (bag: 'words' | 'pairs') => {
    const both = sum((one) => one[bag].truth) + sum((one) => one[bag].said);
    return both === 0 ? 1 : (2 * sum((one) => one[bag].hit)) / both;
  };
  const length = sum((one) => one.length);
  return {
    wordF1: f1('words'),
    pairF1: f1('pairs'),
    cer: length === 0 ? 0 : sum((one) => one.edits) / length,
  };
}

function wordsOf(lines: readonly string[]): string[] {
  return lines
    .join(' ')
    .split(' ')
    .filter((word) => word !== '');
}

/** A line of one character stands for itself. */
function pairsOf(lines: readonly string[]): string[] {
  return lines.flatMap((line) => {
    const characters = [...line.replaceAll(' ', '')];
    return characters.length === 1 ? characters : characters.slice(1).map((second, i) => characters[i] + second);
  });
}

function overlap(truth: readonly string[], said: readonly string[]): Overlap {
  const left = new Map<string, number>();
  for (const token of truth) left.set(token, (left.get(token) ?? 0) + 1);
  let hit = 0;
  for (const token of said) {
    const remaining = left.get(token) ?? 0;
    if (remaining > 0) {
      hit += 1;
      left.set(token, remaining - 1);
    }
  }
  return { hit, truth: truth.length, said: said.length };
}

/** Levenshtein's distance in characters, with one row of the table kept. */
export function editDistance(from: string, to: string): number {
  const [source, target] = [[...from], [...to]];
  const row = Uint32Array.from({ length: target.length + 1 }, (_, column) => column);
  source.forEach((character, above) => {
    let diagonal = row[0]!;
    row[0] = above + 1;
    target.forEach((other, column) => {
      const kept = diagonal + (character === other ? 0 : 1);
      diagonal = row[column + 1]!;
      row[column + 1] = Math.min(diagonal + 1, row[column]! + 1, kept);
    });
  });
  return row[target.length]!;
}
