import type { Line, PageText, Quad, Word } from '@docusnap/contracts';
import { fitText } from './characters.ts';
import type { Leaf, ReadLeaf } from './leaves.ts';
import { baselineOf } from './lettering.ts';
import { boundsOf, directionOf, isTurned } from './placed.ts';
import { attributes, decimal, escapeXml } from './xml.ts';

/** The least lean, in degrees, that a block's ROTATION tells. */
const LEAST_ROTATION = 0.05;

/**
 * Leaves as one ALTO 4.4 document, in pixels. A page that was not read has QUALITY "Missing" and the reason as QUALITY_DETAIL; a file that
 * could not be opened has such a page too, numbered 0, since its pages were never counted.
 */
export async function* formatAlto(title: string, leaves: AsyncIterable<Leaf>): AsyncGenerator<string> {
  let before = head(title);
  let order = 0;
  for await (const leaf of leaves) {
    order += 1;
    yield before + (leaf.kind === 'page' ? pageAsAlto(leaf, order) : failureAsAlto(leaf, order));
    before = '';
  }
  // The schema asks for a page; a document without any leaf has none that could be missing.
  if (order === 0) before += failureAsAlto({ kind: 'failed file', number: 0, reason: 'no pages' }, 1);
  yield `${before}</Layout>\n</alto>\n`;
}

function head(title: string): string {
  return `<?xml version="1.0" encoding="UTF-8"?>
<alto xmlns="http://www.loc.gov/standards/alto/ns-v4#" SCHEMAVERSION="4.4">
<Description>
<MeasurementUnit>pixel</MeasurementUnit>
<sourceImageInformation><fileName>${escapeXml(title)}</fileName></sourceImageInformation>
<Processing ID="processing"><processingSoftware><softwareName>DocuSnap</softwareName></processingSoftware></Processing>
</Description>
<Layout>
`;
}

function failureAsAlto(
  { kind, number, reason }: { kind: string; number: number; reason: string },
  order: number,
): string {
  return `<Page${attributes({
    ID: `page_${order}`,
    PHYSICAL_IMG_NR: kind === 'failed page' ? number : 0,
    QUALITY: 'Missing',
    QUALITY_DETAIL: reason,
  })}/>\n`;
}

function pageAsAlto({ number, text }: ReadLeaf, order: number): string {
  const { width, height, blocks } = text;
  const page = {
    ID: `page_${order}`,
    WIDTH: width,
    HEIGHT: height,
    PHYSICAL_IMG_NR: number,
    PROCESSINGREFS: 'processing',
  };
  const space = { HPOS: 0, VPOS: 0, WIDTH: width, HEIGHT: height };
  const inner = blocks.map((block, index) => blockAsAlto(block, `${order}_${index + 1}`));
  return `<Page${attributes(page)}>\n<PrintSpace${attributes(space)}>\n${inner.join('')}</PrintSpace>\n</Page>\n`;
}

function blockAsAlto({ quad, lines }: PageText['blocks'][number], id: string): string {
  const degrees = (-directionOf(lines.map((line) => line.quad)) * 180) / Math.PI;
  const ROTATION = Math.abs(degrees) >= LEAST_ROTATION ? decimal(degrees) : undefined;
  const inner = lines.map((line, index) => lineAsAlto(line, `${id}_${index + 1}`));
  return `<TextBlock${attributes({ ID: `block_${id}`, ...box(quad), ROTATION })}>\n${inner.join('')}</TextBlock>\n`;
}

function lineAsAlto(line: Line, id: string): string {
  const BASELINE = baselineOf(line.quad)
    .map(([x, y]) => `${decimal(x)},${decimal(y)}`)
    .join(' ');
  const words = line.words.map((word, index) => wordAsAlto(word, `${id}_${index + 1}`));
  return `<TextLine${attributes({ ID: `line_${id}`, ...box(line.quad), BASELINE })}>${shape(line.quad)}
${words.join('<SP/>\n')}
</TextLine>\n`;
}

function wordAsAlto({ text, quad, confidence }: Word, id: string): string {
  const values = { ID: `word_${id}`, CONTENT: fitText(text), ...box(quad), WC: decimal(confidence) };
  const outline = shape(quad);
  return outline === '' ? `<String${attributes(values)}/>` : `<String${attributes(values)}>${outline}</String>`;
}

function box(quad: Quad) {
  const { left, top, right, bottom } = boundsOf(quad);
  return { HPOS: decimal(left), VPOS: decimal(top), WIDTH: decimal(right - left), HEIGHT: decimal(bottom - top) };
}

/** The quad itself where it is more than its box. */
function shape(quad: Quad): string {
  const points = quad.map(([x, y]) => `${decimal(x)},${decimal(y)}`).join(' ');
  return isTurned(quad) ? `<Shape><Polygon POINTS="${points}"/></Shape>` : '';
}
