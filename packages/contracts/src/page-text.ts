import { z } from 'zod';

/** A point in page pixels: x to the right, y down, origin at the page's top-left corner; pixel centres lie at .5. */
export const Point = z.tuple([z.number(), z.number()]);
export type Point = z.infer<typeof Point>;

/**
 * Four corners of a text region in page pixels, clockwise as the text is read: the first is where reading starts
 * (top-left of upright text), the second follows along the reading direction.
 */
export const Quad = z.tuple([Point, Point, Point, Point]);
export type Quad = z.infer<typeof Quad>;

const Confidence = z.number().min(0).max(1);

/** Text between white space; `confidence` is the mean of its characters' probabilities. */
export const Word = z.object({ text: z.string().min(1), quad: Quad, confidence: Confidence });
export type Word = z.infer<typeof Word>;

/** One line of print; `text` is its words joined as they stand on the page. */
export const Line = z.object({
  text: z.string().min(1),
  quad: Quad,
  confidence: Confidence,
  words: z.array(Word).min(1),
});
export type Line = z.infer<typeof Line>;

/** Lines that belong together (a paragraph, a column's part), in reading order. */
export const Block = z.object({ quad: Quad, lines: z.array(Line).min(1) });
export type Block = z.infer<typeof Block>;

/** A model that took part in a reading: its name in the catalogue and the SHA-256 of its file. */
export const ModelVersion = z.object({ name: z.string(), sha256: z.string() });
export type ModelVersion = z.infer<typeof ModelVersion>;

/**
 * Everything read from one page, in reading order. `width` and `height` are those of the upright page as delivered (EXIF
 * orientation applied), in pixels; every quad is in that space. A blank page has `blocks: []`, and nothing else does.
 */
export const PageText = z.object({
  width: z.int().positive(),
  height: z.int().positive(),
  source: z.literal('ocr'),
  blocks: z.array(Block),
  models: z.object({ detection: ModelVersion, orientation: ModelVersion, recognition: ModelVersion }),
});
export type PageText = z.infer<typeof PageText>;

/** The lines of a page in reading order. */
export function linesOf(page: PageText): Line[] {
  return page.blocks.flatMap((block) => block.lines);
}

/** A page as plain text: one line of print a line, blocks apart by an empty line. */
export function plainText(page: PageText): string {
  return page.blocks.map((block) => block.lines.map((line) => line.text).join('\n')).join('\n\n');
}
