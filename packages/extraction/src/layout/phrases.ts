import type { Piece } from './rows.ts';

/** Some print of a row that is read as one. */
export interface Part {
  readonly text: string;
  readonly pieces: readonly Piece[];
}

/** Pieces farther apart than so many heights of print are two phrases; of two blocks they are sooner. */
const GAP = { phrase: 1.2, blocks: 0.5, words: 3 } as const;
/** Stands for a gap too wide for a space: what is behind it belongs to something else. */
export const GAP_MARK = '\u2003';

/** The phrases of a row: pieces nearer than a gap are one, and what begins with a colon ends the label before it. */
export function partsOf(pieces: readonly Piece[]): Part[] {
  const parts: { text: string; pieces: Piece[] }[] = [];
  for (const piece of pieces) {
    const part = parts.at(-1);
    const before = part?.pieces.at(-1);
    const most = before?.block === piece.block ? GAP.phrase : GAP.blocks;
    const near = before !== undefined && piece.left - before.right < most * Math.min(before.height, piece.height);
    if (part && (near || /^[:：]/.test(piece.line.text))) {
      part.text += ` ${gapped(piece)}`;
      part.pieces.push(piece);
    } else parts.push({ text: gapped(piece), pieces: [piece] });
  }
  return parts;
}

/** The text of a piece with a mark in each gap between its words that is too wide for a space. */
function gapped({ line, height }: Piece): string {
  const { words } = line;
  if (words.map(({ text }) => text).join('') !== line.text.replace(/\s/gu, '')) return line.text;
  return words
    .map(({ text, quad }, at) => {
      const before = words[at - 1]?.quad;
      if (!before) return text;
      const wide = Math.hypot(quad[0][0] - before[1][0], quad[0][1] - before[1][1]) > GAP.words * height;
      return line.text.includes(`${words[at - 1]!.text}${text}`) ? text : `${wide ? GAP_MARK : ' '}${text}`;
    })
    .join('');
}
