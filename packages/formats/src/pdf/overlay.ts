import {
  PDFArray,
  PDFDict,
  PDFDocument,
  PDFHexString,
  PDFName,
  type PDFObject,
  PDFObjectParser,
  type PDFPage,
  PDFRef,
} from '@cantoo/pdf-lib';
import { AppError, type PageText } from '@docusnap/contracts';
import { fitText } from '../characters.ts';
import { type FilledBlank, type Filling, unplaced } from './filled/fill-blanks.ts';
import { type Filled, formFieldsOf } from './filled/form-fields.ts';
import { fontsIn } from './filled/lettering-fonts.ts';
import { writeBlanks } from './filled/written.ts';
import { FONT_NAME, fontObjects, fontProgram, glyphMap, newCharacterCodes, toUnicode } from './glyphless-font.ts';
import { noteText } from './image-pdf.ts';
import { type Affine, middleOf, textLayer } from './text-layer.ts';
import { latin } from './writer.ts';

const NO_LAYER = 'No text layer can be added to it.';

/** What is to be laid upon a page of a PDF: what was read from it, or why it was not. */
export type OverlaidPage =
  | { readonly text: PageText; readonly blanks?: readonly FilledBlank[] }
  | { readonly reason: string };

/** A PDF that gets layers, page by page. */
export interface Overlay {
  /** @param frame position of the page in the file, from 0 */
  add(frame: number, page: OverlaidPage): void;
  /** What is to be written after the bytes of the file, which stay as they are. */
  finish(): Promise<Uint8Array>;
}

/**
 * Opens a PDF to lay invisible words upon its pages, as an incremental update: its own bytes stay the beginning of the new file, untouched. A
 * page that has its text already (`source: "text-layer"`) gets no second one. With a filling its values are put into the PDF's own fields, and
 * where there is none are written into the blanks of pages that were read; what has no place is said in a note on the first page.
 *
 * Everything of the file is parsed in memory, by foreign bytes' rules: call it where a thread may be ended.
 *
 * @throws AppError `not_acceptable` for an encrypted PDF, `file_undecodable` for one that cannot be parsed
 */
export async function openOverlay(bytes: Uint8Array, filling?: Filling): Promise<Overlay> {
  const document = await load(bytes);
  const { context } = document;
  const pages = document.getPages();
  const fields = filling ? formFieldsOf(document) : null;
  const named = filling && fields ? damagedUnless(() => fields.fillByName(filling.values)) : new Map<string, Filled>();
  const placed = new Set(named.keys());
  const codes = newCharacterCodes();
  const font = context.nextRef();
  const [saved, restored] = [context.register(context.stream('q\n')), context.register(context.stream('\nQ\n'))];

  function addLayer(page: PDFPage, text: PageText): void {
    if (text.blocks.length === 0) return;
    const name = fontNameOn(page);
    const layer = context.register(context.flateStream(latin(textLayer(text, fitTo(page, text), name, codes))));
    const own = page.node.get(PDFName.of('Contents'));
    page.node.set(
      PDFName.of('Contents'),
      context.obj([saved, ...streamsOf(own, context.lookup(own)), restored, layer]),
    );
    page.node.set(PDFName.of('Resources'), withFont(page, name, font));
  }

  /** Values of blanks of a page, by its number in the job. */
  function write(page: PDFPage, text: PageText, blanks: readonly FilledBlank[]): void {
    const toPoints = fitTo(page, text);
    const open = blanks.filter(({ key }) => !placed.has(key));
    const filled = open.map((blank) => ({ blank, as: fields?.fillAt(page, middleOf(blank.quad, toPoints), blank) }));
    for (const { key } of open) placed.add(key);
    for (const { blank } of filled.filter(({ as }) => as === 'unshown')) addValue(page, blank, toPoints);
    const written = filled.flatMap(({ blank, as }) => (as === undefined ? [blank] : []));
    if (written.length === 0) return;
    const { content, unshown } = writeBlanks(written, toPoints, { width: shownBox(page).w });
    addContent(page, content);
    for (const blank of unshown) addValue(page, blank, toPoints);
  }

  /** What no font of ours shows, as a note where it belongs. */
  function addValue(page: PDFPage, { label, value, quad }: FilledBlank, toPoints: Affine): void {
    addNote(page, `${label}: ${value}`, middleOf(quad, toPoints));
  }

  function addContent(page: PDFPage, content: string): void {
    const added = context.register(context.flateStream(latin(content)));
    const own = page.node.get(PDFName.of('Contents'));
    page.node.set(
      PDFName.of('Contents'),
      context.obj([saved, ...streamsOf(own, context.lookup(own)), restored, added]),
    );
    for (const { name, dictionary: font } of fontsIn(content)) {
      page.node.set(PDFName.of('Resources'), withFont(page, name, dictionary(font)));
    }
  }

  function dictionary(text: string): PDFRef {
    return context.register(PDFObjectParser.forBytes(latin(text), context).parseObject());
  }

  return {
    add: (frame, overlaid) => {
      const page = pages[frame];
      if (page === undefined) throw new AppError('internal', undefined, { cause: new RangeError(`no page ${frame}`) });
      damagedUnless(() => {
        if ('reason' in overlaid) return addNote(page, noteText(overlaid.reason));
        addLayer(page, withoutOwnText(overlaid.text));
        write(page, overlaid.text, overlaid.blanks ?? []);
      });
    },
    finish: async () => {
      const left = filling ? unplaced(filling, placed) : [];
      const unshown = [...named].filter(([, as]) => as === 'unshown').map(([key]) => `${key}: ${filling?.values[key]}`);
      const [first] = pages;
      if (first && left.length > 0) damagedUnless(() => addNote(first, `No blank was found for: ${left.join('; ')}`));
      if (first && unshown.length > 0) damagedUnless(() => addNote(first, unshown.join('; ')));
      registerFont(document, font, codes.beyond());
      return document.saveIncremental(context.snapshot!);
    },
  };
}

/**
 * What was read from pixels: the rest is in the PDF already. On pages with both, lines of the text layer are those of confidence 1 (a line read
 * from pixels hardly ever is).
 */
function withoutOwnText(text: PageText): PageText {
  if (text.source === 'ocr') return text;
  const read = text.source === 'mixed' ? text.blocks : [];
  const blocks = read.map((block) => ({ ...block, lines: block.lines.filter(({ confidence }) => confidence < 1) }));
  return { ...text, blocks: blocks.filter(({ lines }) => lines.length > 0) };
}

async function load(bytes: Uint8Array): Promise<PDFDocument> {
  try {
    const document = await PDFDocument.load(bytes, {
      ignoreEncryption: true,
      forIncrementalUpdate: true,
      updateMetadata: false,
    });
    if (document.isEncrypted)
      throw new AppError('not_acceptable', 'The PDF is encrypted, so nothing can be added to it.');
    document.getPages();
    return document;
  } catch (error) {
    if (error instanceof AppError) throw error;
    throw new AppError('file_undecodable', NO_LAYER, { cause: error });
  }
}

/** Runs what goes through the objects of the file, which may be anything. */
function damagedUnless<Result>(work: () => Result): Result {
  try {
    return work();
  } catch (cause) {
    throw new AppError('file_undecodable', NO_LAYER, { cause });
  }
}

/** A page's contents are one stream or several; what is damaged counts as none, as viewers have it. */
function streamsOf(own: PDFObject | undefined, found: PDFObject | undefined): PDFObject[] {
  if (found instanceof PDFArray) return found.asArray();
  return own instanceof PDFRef && found !== undefined ? [own] : [];
}

/** The page's resources with our font among them, copied: those that it inherits or shares stay as they are. */
function withFont(page: PDFPage, name: string, font: PDFRef): PDFDict {
  const { context } = page.doc;
  const resources = copyOf(page.node.Resources(), page.doc);
  const fonts = copyOf(context.lookupMaybe(resources.get(PDFName.of('Font')), PDFDict), page.doc);
  fonts.set(PDFName.of(name), font);
  resources.set(PDFName.of('Font'), fonts);
  return resources;
}

function copyOf(dictionary: PDFDict | undefined, { context }: PDFDocument): PDFDict {
  const copy = context.obj({});
  for (const [key, value] of dictionary?.entries() ?? []) copy.set(key, value);
  return copy;
}

/** A name that no font of the page has. */
function fontNameOn(page: PDFPage): string {
  const fonts = page.node.Resources()?.lookupMaybe(PDFName.of('Font'), PDFDict);
  let name = FONT_NAME;
  while (fonts?.has(PDFName.of(name))) name += '1';
  return name;
}

/** From the pixels of the page as it is shown (cropped, turned by its Rotate, y down) to its own points. */
function fitTo(page: PDFPage, { width, height }: { width: number; height: number }): Affine {
  const { x, y, w, h } = shownBox(page);
  const turn = (((page.getRotation().angle % 360) + 360) % 360) / 90;
  if (turn === 1) return [0, h / width, w / height, 0, x, y];
  if (turn === 2) return [-w / width, 0, 0, h / height, x + w, y];
  if (turn === 3) return [0, -h / width, -w / height, 0, x + w, y + h];
  return [w / width, 0, 0, -h / height, x, y + h];
}

/** The part of the page that is shown: its crop box within its media box. */
function shownBox(page: PDFPage): { x: number; y: number; w: number; h: number } {
  const [media, crop] = [page.getMediaBox(), page.getCropBox()];
  const x = Math.max(media.x, crop.x);
  const y = Math.max(media.y, crop.y);
  const w = Math.min(media.x + media.width, crop.x + crop.width) - x;
  const h = Math.min(media.y + media.height, crop.y + crop.height) - y;
  return w > 0 && h > 0 ? { x, y, w, h } : { x: media.x, y: media.y, w: media.width, h: media.height };
}

/** A note at a point; at the upper left corner unless given. */
function addNote(page: PDFPage, text: string, at?: readonly [number, number]): void {
  const { context } = page.doc;
  const { x, y, h } = shownBox(page);
  const [left, top] = at ?? [x, y + h];
  const note = context.obj({ Type: 'Annot', Subtype: 'Text', Rect: [left, top - 20, left + 20, top], F: 4 });
  note.set(PDFName.of('Contents'), PDFHexString.fromText(fitText(text)));
  const own = page.node.lookupMaybe(PDFName.of('Annots'), PDFArray)?.asArray() ?? [];
  page.node.set(PDFName.of('Annots'), context.obj([...own, context.register(note)]));
}

function registerFont({ context }: PDFDocument, font: PDFRef, beyond: Parameters<typeof toUnicode>[0]): void {
  const numbers = { descendant: context.nextRef(), descriptor: context.nextRef() };
  const streams = {
    toUnicode: context.register(context.flateStream(toUnicode(beyond))),
    glyphMap: context.register(context.flateStream(glyphMap())),
    program: context.register(context.flateStream(fontProgram(), { Length1: fontProgram().length })),
  };
  const numberOf = (ref: PDFRef): number => ref.objectNumber;
  const objects = fontObjects({
    descendant: numberOf(numbers.descendant),
    descriptor: numberOf(numbers.descriptor),
    toUnicode: numberOf(streams.toUnicode),
    glyphMap: numberOf(streams.glyphMap),
    program: numberOf(streams.program),
  });
  const parsed = (text: string): PDFObject => PDFObjectParser.forBytes(latin(text), context).parseObject();
  context.assign(font, parsed(objects.font));
  context.assign(numbers.descendant, parsed(objects.descendant));
  context.assign(numbers.descriptor, parsed(objects.descriptor));
}
