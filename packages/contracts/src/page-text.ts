import { z } from 'zod';

/** A point in page pixels: x to the right, y down, origin at the page's top-left corner; pixel centres lie at .5. */
export const Point = z.tuple([z.number(), z.number()]).meta({ id: 'Point' });
export type Point = z.infer<typeof Point>;

/**
 * Four corners of a text region in page pixels, clockwise as the text is read: the first is where reading starts
 * (top-left of upright text), the second follows along the reading direction.
 */
export const Quad = z.tuple([Point, Point, Point, Point]).meta({ id: 'Quad' });
export type Quad = z.infer<typeof Quad>;

const Confidence = z.number().min(0).max(1);

/** Text between white space; `confidence` is the mean of its characters' probabilities. */
export const Word = z.object({ text: z.string().min(1), quad: Quad, confidence: Confidence }).meta({ id: 'Word' });
export type Word = z.infer<typeof Word>;

/** One line of print; `text` is its words joined as they stand on the page. */
export const Line = z
  .object({
    text: z.string().min(1),
    quad: Quad,
    confidence: Confidence,
    words: z.array(Word).min(1),
  })
  .meta({ id: 'Line' });
export type Line = z.infer<typeof Line>;

/** Lines that belong together (a paragraph, a column's part), in reading order. */
export const Block = z.object({ quad: Quad, lines: z.array(Line).min(1) }).meta({ id: 'Block' });
export type Block = z.infer<typeof Block>;

/**
 * One cell of a table: its place in the grid, from 0, how many rows and columns it takes, and the print that stands in it ("" where it is
 * empty), lines apart by "\n".
 */
export const TableCell = z
  .object({
    row: z.int().min(0),
    column: z.int().min(0),
    row_span: z.int().positive(),
    column_span: z.int().positive(),
    quad: Quad,
    text: z.string(),
  })
  .meta({ id: 'TableCell' });
export type TableCell = z.infer<typeof TableCell>;

/** A table, found by its ruling strokes (`ruled`) or by how its print stands. Its cells come row by row, and cover every place of the grid once. */
export const Table = z
  .object({
    quad: Quad,
    ruled: z.boolean(),
    rows: z.int().positive(),
    columns: z.int().positive(),
    cells: z.array(TableCell).min(1),
  })
  .meta({ id: 'Table' });
export type Table = z.infer<typeof Table>;

/** A place left free to write in: above a stroke or a row of underscores, or inside an empty box. */
export const Blank = z.object({ kind: z.enum(['line', 'box']), quad: Quad }).meta({ id: 'Blank' });
export type Blank = z.infer<typeof Blank>;

/** A box to tick: `score` is how sure its state is. */
export const Checkbox = z.object({ quad: Quad, checked: z.boolean(), score: Confidence }).meta({ id: 'Checkbox' });
export type Checkbox = z.infer<typeof Checkbox>;

/** A barcode or QR code; `format` as the reader of codes names it ("QRCode", "Code128", "EAN13"). */
export const Barcode = z.object({ format: z.string(), text: z.string(), quad: Quad }).meta({ id: 'Barcode' });
export type Barcode = z.infer<typeof Barcode>;

/**
 * A model that took part in a reading: its name in the catalogue and the SHA-256 of its file. `precision` is what a recogniser's wide products were
 * computed with, which a service measures for the machine it runs on: the two forms give texts that may differ in a character here and there.
 */
export const ModelVersion = z
  .object({
    name: z.string(),
    sha256: z.string(),
    precision: z.enum(['float32', 'int8']).optional(),
  })
  .meta({ id: 'ModelVersion' });
export type ModelVersion = z.infer<typeof ModelVersion>;

/** The models that read a page. */
export const ModelVersions = z
  .object({
    detection: ModelVersion,
    orientation: ModelVersion,
    recognition: ModelVersion,
  })
  .meta({ id: 'ModelVersions' });
export type ModelVersions = z.infer<typeof ModelVersions>;

/**
 * Everything read from one page, in reading order. `width` and `height` are those of the upright page as delivered (EXIF
 * orientation and a PDF page's own rotation applied), in pixels; every quad is in that space. A PDF page has as many pixels as it is
 * rendered with, also where nothing had to be rendered. A blank page has `blocks: []`, and nothing else does.
 *
 * `source` says where the text comes from: read from pixels, taken from a PDF's text layer (with confidence 1), or each in its place. Without
 * pixels read there are no models.
 *
 * `angle` is how far the print is turned clockwise on the page as delivered, in degrees to a tenth: a quarter turn (0, 90, 180, 270) and the
 * skew of a scan; 0 on a blank page. Without it nobody looked.
 *
 * Tables, blanks and checkboxes repeat no text: the print of a table also stands in `blocks`. Barcodes are there when the job asked for them.
 * Where one of these is absent nobody looked for it; an empty list says that there is none.
 */
export const PageText = z
  .object({
    width: z.int().positive(),
    height: z.int().positive(),
    source: z.enum(['ocr', 'text-layer', 'mixed']),
    angle: z.number().min(0).lt(360).optional(),
    blocks: z.array(Block),
    tables: z.array(Table).optional(),
    blanks: z.array(Blank).optional(),
    checkboxes: z.array(Checkbox).optional(),
    barcodes: z.array(Barcode).optional(),
    models: ModelVersions.nullable(),
  })
  .meta({ id: 'PageText' });
export type PageText = z.infer<typeof PageText>;

/** The lines of a page in reading order. */
export function linesOf(page: PageText): Line[] {
  return page.blocks.flatMap((block) => block.lines);
}

/** A page as plain text: one line of print a line, blocks apart by an empty line. */
export function plainText(page: PageText): string {
  return page.blocks.map((block) => block.lines.map((line) => line.text).join('\n')).join('\n\n');
}
