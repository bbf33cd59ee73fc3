import type { Line, ModelVersions, PageText, PdfText } from '@docusnap/contracts';
import { arrange, type Raster } from '@docusnap/engine';
import { withAccents } from './accents.ts';
import { withActualTexts } from './actual-text.ts';
import { boxAround } from './boxes.ts';
import { type Character, charactersOf } from './characters.ts';
import type { PdfDocument } from './document.ts';
import { linesOfLayer } from './lines.ts';
import { type Box, type PdfPage, withPage } from './page.ts';
import { objectsOf, type PageObjects } from './pictures.ts';
import { moved, readRegion, regionsOf } from './regions.ts';
import { render } from './render.ts';
import { pixelsOf, scaleOf } from './resolution.ts';
import { type Structure, structureOf } from './structure.ts';
import { isTrustworthy, type ReadRaster } from './trust.ts';

export interface PdfPageOptions {
  readonly text: PdfText;
  readonly maxPixels: number;
  /** Told of the whole page's pixels where it is read from those. */
  readonly onPixels?: (raster: Raster) => void;
}

/** What there is on a page, before any of it is read. */
interface Content {
  readonly characters: readonly Character[];
  readonly objects: PageObjects;
  /** Pixels for a point: the space in which its text is given. */
  readonly scale: number;
}

/**
 * Reads one page of a PDF: its text layer where it has a good one, its pixels where it has none, and both where pictures stand among
 * text.
 *
 * @param read reads what is rendered
 * @throws AppError `file_undecodable`, `page_too_complex`
 */
export function readPdfPage(
  document: PdfDocument,
  index: number,
  options: PdfPageOptions,
  read: ReadRaster,
): Promise<PageText> {
  return withPage(document, index, async (page) => {
    const content = contentOf(page, options);
    const readPixels = (): Promise<PageText> => {
      const raster = rendered(page, content);
      options.onPixels?.(raster);
      return read(raster);
    };
    if (options.text === 'never') return readPixels();
    const lines = linesOfLayer(content.characters, 1);
    if (options.text === 'only' || isBlank(content)) return pageText(page, content, lines, null);
    const layer = { characters: content.characters, lines, trustedFonts: document.trustedFonts };
    if (lines.length === 0 || !(await isTrustworthy(page, layer, read))) return readPixels();
    return readPictures(page, content, lines, read);
  });
}

/** The pixels that a page is read from, in the space of its PageText. @throws AppError `file_undecodable`, `page_too_complex` */
export function renderPdfPage(document: PdfDocument, index: number, options: { maxPixels: number }): Promise<Raster> {
  return withPage(document, index, async (page) => rendered(page, contentOf(page, options)));
}

/** The page on so many pixels, for looking at. @throws AppError `file_undecodable`, `page_too_complex` */
export function renderPdfPageAs(
  document: PdfDocument,
  index: number,
  size: { width: number; height: number },
): Promise<Raster> {
  return withPage(document, index, async (page) =>
    render(page, { scale: size.width / page.width, left: 0, top: 0, ...size }),
  );
}

function contentOf(page: PdfPage, options: { maxPixels: number }): Content {
  const objects = objectsOf(page);
  const replaced = new Set(objects.actualTexts.flatMap((actual) => [...actual.objects]));
  const characters = withActualTexts(withAccents(charactersOf(page, replaced)), objects.actualTexts);
  return { characters, objects, scale: scaleOf(page, characters, objects, options) };
}

function isBlank({ characters, objects }: Content): boolean {
  return characters.length === 0 && objects.pictures.length === 0 && !objects.hasDrawings;
}

function rendered(page: PdfPage, { scale }: Content): Raster {
  return render(page, { scale, left: 0, top: 0, ...pixelsOf(page, scale) });
}

/** Adds what the pictures say to what the layer says. */
async function readPictures(
  page: PdfPage,
  content: Content,
  lines: readonly Line[],
  read: ReadRaster,
): Promise<PageText> {
  const words = lines.flatMap((line) => line.words.map(({ quad }) => boxAround([quad])));
  const regions = regionsOf(content.objects.pictures, invisibleBoxes(content.characters));
  let models: PageText['models'] = null;
  const all = [...lines];
  for (const region of regions) {
    const seen = await readRegion(page, region, words, read);
    all.push(...seen.lines);
    if (seen.lines.length > 0) models = seen.models;
  }
  return pageText(page, content, all, models);
}

function invisibleBoxes(characters: readonly Character[]): Box[] {
  return characters.filter(({ visible }) => !visible).map(({ box }) => box);
}

/** @param models null where all lines are the layer's */
function pageText(page: PdfPage, content: Content, lines: readonly Line[], models: ModelVersions | null): PageText {
  const { scale, objects } = content;
  const inPixels = lines.map((line) => moved(line, ([x, y]) => [rounded(x * scale), rounded(y * scale)]));
  const source = models === null ? 'text-layer' : 'mixed';
  const structure = inPixels.length === 0 ? NO_STRUCTURE : structureOf(page, objects, inPixels, scale);
  return { ...pixelsOf(page, scale), source, blocks: arrange(inPixels), ...structure, models };
}

const NO_STRUCTURE: Structure = { tables: [], checkboxes: [], blanks: [] };

/** Hundredths of a pixel are more than any use of them needs. */
function rounded(value: number): number {
  return Math.round(value * 100) / 100;
}
