import type { Line, PageText, Quad, Word } from '@docusnap/contracts';
import type { FailedLeaf, Leaf, ReadLeaf } from './leaves.ts';
import { baselineOf } from './lettering.ts';
import { type Passage, passagesOf } from './passages.ts';
import { directionOf, heightOf, isTurned, pixelBox } from './placed.ts';
import { decimal, escapeXml, xmlComment } from './xml.ts';

/** Lines that lean less than this many degrees are level, with a sloping baseline; others have a `textangle`. */
const LEVEL_DEGREES = 45;

/** What this output uses of hOCR 1.2; `x_error` is our own, as names that begin with x_ may be. */
const CAPABILITIES = 'ocr_page ocr_carea ocr_par ocr_line ocrx_word ocrp_wconf';

/** Leaves as one hOCR document, valid XHTML 1.0. A page that was not read is a page without size that has `x_error` with the reason. */
export async function* formatHocr(title: string, leaves: AsyncIterable<Leaf>): AsyncGenerator<string> {
  let before = head(title);
  let order = 0;
  for await (const leaf of leaves) {
    order += 1;
    yield before + (leaf.kind === 'page' ? pageAsHocr(leaf, order) : failureAsHocr(leaf, order));
    before = '';
  }
  yield `${before} </body>\n</html>\n`;
}

function head(title: string): string {
  return `<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE html PUBLIC "-//W3C//DTD XHTML 1.0 Transitional//EN" "http://www.w3.org/TR/xhtml1/DTD/xhtml1-transitional.dtd">
<html xmlns="http://www.w3.org/1999/xhtml">
 <head>
  <title>${escapeXml(title)}</title>
  <meta http-equiv="Content-Type" content="application/xhtml+xml; charset=utf-8"/>
  <meta name="ocr-system" content="DocuSnap"/>
  <meta name="ocr-capabilities" content="${CAPABILITIES}"/>
 </head>
 <body>
`;
}

function failureAsHocr({ kind, number, reason }: FailedLeaf, order: number): string {
  const title = `bbox 0 0 0 0; ppageno ${(kind === 'failed page' ? number : order) - 1}; x_error "${reason.replaceAll('"', "'")}"`;
  return `  ${xmlComment(`not read: ${reason}`)}\n  <div class="ocr_page" id="page_${order}" title="${escapeXml(title)}"></div>\n`;
}

function pageAsHocr({ text, number }: ReadLeaf, order: number): string {
  const areas = passagesOf(text).map((passages, index) => areaAsHocr(passages, text, `${order}_${index + 1}`));
  const title = `bbox 0 0 ${text.width} ${text.height}; ppageno ${number - 1}`;
  return `  <div class="ocr_page" id="page_${order}" title="${title}">\n${areas.join('')}  </div>\n`;
}

function areaAsHocr(passages: readonly Passage[], page: PageText, id: string): string {
  const quads = passages.flatMap(({ lines }) => lines.map((line) => line.quad));
  const inner = passages.map((passage, index) => passageAsHocr(passage, page, `${id}_${index + 1}`));
  return `   <div class="ocr_carea" id="block_${id}" title="${box(quads, page)}">\n${inner.join('')}   </div>\n`;
}

function passageAsHocr({ lines }: Passage, page: PageText, id: string): string {
  const around = box(
    lines.map((line) => line.quad),
    page,
  );
  const inner = lines.map((line, index) => lineAsHocr(line, page, `${id}_${index + 1}`));
  return `    <p class="ocr_par" id="par_${id}" title="${around}">\n${inner.join('')}    </p>\n`;
}

function lineAsHocr(line: Line, page: PageText, id: string): string {
  const words = line.words.map((word, index) => wordAsHocr(word, page, `${id}_${index + 1}`));
  const title = `${box([line.quad], page)}; ${lean(line.quad, page)}; x_size ${decimal(heightOf(line.quad))}`;
  return `     <span class="ocr_line" id="line_${id}" title="${title}">\n${words.join('\n')}\n     </span>\n`;
}

function wordAsHocr(word: Word, page: PageText, id: string): string {
  const outline = isTurned(word.quad) ? `; poly ${word.quad.flat().map(decimal).join(' ')}` : '';
  const title = `${box([word.quad], page)}${outline}; x_wconf ${Math.round(word.confidence * 100)}`;
  return `      <span class="ocrx_word" id="word_${id}" title="${title}">${escapeXml(word.text)}</span>`;
}

/** `baseline` is a slope and, from the lower left corner of the box, an offset; `textangle` turns against the clock. */
function lean(quad: Quad, page: PageText): string {
  const degrees = (directionOf([quad]) * 180) / Math.PI;
  if (Math.abs(degrees) >= LEVEL_DEGREES) return `textangle ${decimal((360 - degrees) % 360)}`;
  const [[x0, y0], [x1, y1]] = baselineOf(quad);
  const slope = x1 === x0 ? 0 : (y1 - y0) / (x1 - x0);
  const { left, bottom } = pixelBox([quad], page);
  return `baseline ${Math.round(slope * 1e4) / 1e4} ${decimal(y0 + (left - x0) * slope - bottom)}`;
}

function box(quads: readonly Quad[], page: PageText): string {
  const { left, top, right, bottom } = pixelBox(quads, page);
  return `bbox ${left} ${top} ${right} ${bottom}`;
}
