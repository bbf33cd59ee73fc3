import type { TextRow } from './text-rows.ts';
import { joined } from './text-rows.ts';
import type { PlacedWord, Rule } from './upright.ts';

/** Words further apart than this part of their height do not belong together: spaces between words take about a quarter of it. */
const CHUNK_GAP = 0.52;

/** A rule parts a row when it runs along this part of its height: one that begins below seems to go on up into letters. */
const BESIDE = 0.7;

/** Words of a row that stand near to each other. */
export interface Chunk {
  readonly words: readonly PlacedWord[];
  readonly left: number;
  readonly right: number;
  readonly text: string;
}

/** A row of print by its chunks. */
export interface ChunkRow extends TextRow {
  readonly chunks: readonly Chunk[];
}

export function chunkRow(row: TextRow, vertical: readonly Rule[]): ChunkRow {
  const rules = vertical.filter(
    ({ from, to }) => Math.min(to, row.bottom) - Math.max(from, row.top) >= BESIDE * (row.bottom - row.top),
  );
  const groups: PlacedWord[][] = [];
  for (const word of row.words) {
    const group = groups.at(-1);
    const before = group?.at(-1);
    const isNear = before && word.left - before.right < CHUNK_GAP * Math.min(row.size, before.size);
    if (group && before && isNear && !isParted(before, word, rules)) group.push(word);
    else groups.push([word]);
  }
  return { ...row, chunks: groups.map(chunkOf) };
}

function isParted(before: PlacedWord, word: PlacedWord, rules: readonly Rule[]): boolean {
  const [from, to] = [(before.left + before.right) / 2, (word.left + word.right) / 2];
  return rules.some(
    ({ at }) => at > from && at < to && at > before.right - word.size / 2 && at < word.left + word.size / 2,
  );
}

function chunkOf(words: readonly PlacedWord[]): Chunk {
  return {
    words,
    left: words[0]!.left,
    right: Math.max(...words.map(({ right }) => right)),
    text: joined(words),
  };
}
