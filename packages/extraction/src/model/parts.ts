import type { TextPage } from './document-text.ts';
import { estimateTokens } from './tokens.ts';

/** Tokens of the words that say where a page begins. */
const PAGE_TOKENS = 8;
/** Tokens of a line's own mark. */
const LINE_TOKENS = 2;

/**
 * A document in parts of at most so many tokens, in order: cut between pages where that does, else between blocks of a page, else between lines,
 * and within a line only where that alone is too long. Nothing is left out.
 */
export function cutPages(pages: readonly TextPage[], tokens: number): TextPage[][] {
  const pieces = pages.flatMap((page) => (tokensOfPage(page) <= tokens ? [page] : cutPage(page, tokens)));
  return packed(pieces, tokens, tokensOfPage);
}

/** A part in two or more smaller ones; undefined where it is a single line, or a page without any, that is where no cut is left. */
export function smallerParts(part: readonly TextPage[]): TextPage[][] | undefined {
  const lines = part.reduce((sum, { blocks }) => sum + blocks.flat().length, 0);
  if (lines < 2 && part.length < 2) return undefined;
  const cut = cutPages(part, Math.ceil(tokensOf(part) / 2));
  return cut.length > 1 ? cut : undefined;
}

export function tokensOf(part: readonly TextPage[]): number {
  return part.reduce((sum, page) => sum + tokensOfPage(page), 0);
}

function tokensOfPage({ blocks }: TextPage): number {
  return blocks.reduce((sum, block) => sum + tokensOfBlock(block), PAGE_TOKENS);
}

function tokensOfBlock(lines: readonly string[]): number {
  return lines.reduce((sum, line) => sum + tokensOfLine(line), 0);
}

function tokensOfLine(line: string): number {
  return estimateTokens(line) + LINE_TOKENS;
}

function cutPage({ number, blocks }: TextPage, tokens: number): TextPage[] {
  const most = Math.max(1, tokens - PAGE_TOKENS);
  const small = blocks.flatMap((block) => (tokensOfBlock(block) <= most ? [block] : cutBlock(block, most)));
  return packed(small, most, tokensOfBlock).map((part) => ({ number, blocks: part }));
}

function cutBlock(lines: readonly string[], tokens: number): string[][] {
  const small = lines.flatMap((line) => (tokensOfLine(line) <= tokens ? [line] : cutLine(line, tokens)));
  return packed(small, tokens, tokensOfLine);
}

function cutLine(line: string, tokens: number): string[] {
  // A character is a token at most.
  const length = Math.max(1, tokens - LINE_TOKENS);
  const characters = [...line];
  return Array.from({ length: Math.ceil(characters.length / length) }, (_, at) =>
    characters.slice(at * length, (at + 1) * length).join(''),
  );
}

/** Things in order, as many together as fit. */
function packed<Thing>(things: readonly Thing[], most: number, sizeOf: (thing: Thing) => number): Thing[][] {
  const parts: Thing[][] = [];
  let size = 0;
  for (const thing of things) {
    const own = sizeOf(thing);
    if (parts.length > 0 && size + own <= most) {
      parts.at(-1)!.push(thing);
      size += own;
    } else {
      parts.push([thing]);
      size = own;
    }
  }
  return parts;
}
