import { AppError, type JobPage } from '@docusnap/contracts';
import { fitText } from '../characters.ts';
import type { FailedLeaf, Leaf, ReadLeaf } from '../leaves.ts';
import { placement } from './exif.ts';
import { type Filling, unplaced } from './filled/fill-blanks.ts';
import { HAN_DICTIONARY, HAN_FONT, LATIN_DICTIONARY, LATIN_FONT } from './filled/lettering-fonts.ts';
import { writeBlanks } from './filled/written.ts';
import { fontObjects, fontProgram, glyphMap, newCharacterCodes, toUnicode } from './glyphless-font.ts';
import { type ImageHead, uprightPage } from './image-head.ts';
import { jpegDictionary } from './jpeg.ts';
import { packedPixels, pngDictionary } from './png.ts';
import { samplesOf } from './png-samples.ts';
import { type Affine, middleOf, textLayer } from './text-layer.ts';
import { latin, newPdfWriter, type PdfWriter, real, textString } from './writer.ts';

/** Deflate and its undoing (zlib's format), streamed. */
export interface Zlib {
  deflate(source: AsyncIterable<Uint8Array>): AsyncIterable<Uint8Array>;
  inflate(source: AsyncIterable<Uint8Array>): AsyncIterable<Uint8Array>;
}

/** The images that show the pages of a job: files as they came, or images that were made of them. */
export interface PageImages {
  /** Null where the header is damaged, or there is no image. */
  head(page: JobPage): Promise<ImageHead | null>;
  open(page: JobPage): AsyncIterable<Uint8Array>;
}

/** The page that stands for one that cannot be shown: A4, in points. */
const BLANK = { width: 595, height: 842 } as const;
const NOTICE = { size: 12, left: 40, below: 60 } as const;
const NOTE_SIDE = 20;

interface Document {
  readonly pdf: PdfWriter;
  readonly images: PageImages;
  readonly zlib: Zlib;
  readonly codes: ReturnType<typeof newCharacterCodes>;
  readonly filling: Filling | undefined;
  readonly numbers: { readonly pages: number; readonly font: number; readonly latin: number; readonly han: number };
}

/**
 * The images of a job as one searchable PDF: each embedded as it is, upright by its orientation, with its words on it, unseen. It is written
 * from front to back, one image's piece in memory at a time. A page that was not read has a note that says so; where its image cannot be shown
 * either, or a file could not be opened, a page with the reason in print stands in its place.
 */
export async function* formatImagePdf(
  title: string,
  leaves: AsyncIterable<Leaf>,
  images: PageImages,
  zlib: Zlib,
  filling?: Filling,
): AsyncGenerator<Uint8Array> {
  const pdf = newPdfWriter();
  const [root, info] = [pdf.reserve(), pdf.reserve()];
  const numbers = { pages: pdf.reserve(), font: pdf.reserve(), latin: pdf.reserve(), han: pdf.reserve() };
  const document: Document = { pdf, images, zlib, codes: newCharacterCodes(), filling, numbers };
  const kids: number[] = [];
  yield pdf.begin();
  for await (const leaf of leaves) {
    const page = pdf.reserve();
    kids.push(page);
    yield* writeLeaf(document, leaf, { number: page, isFirst: kids.length === 1 });
  }
  yield* writeFont(document);
  yield pdf.object(numbers.latin, LATIN_DICTIONARY);
  yield pdf.object(numbers.han, HAN_DICTIONARY);
  yield pdf.object(
    numbers.pages,
    `<</Type/Pages/Count ${kids.length}/Kids[${kids.map((kid) => `${kid} 0 R`).join(' ')}]>>`,
  );
  yield pdf.object(root, `<</Type/Catalog/Pages ${numbers.pages} 0 R>>`);
  yield pdf.object(info, `<</Title${textString(fitText(title))}/Producer${textString('DocuSnap')}>>`);
  yield pdf.end(root, info);
}

async function* writeLeaf(
  document: Document,
  leaf: Leaf,
  { number, isFirst }: { number: number; isFirst: boolean },
): AsyncGenerator<Uint8Array> {
  // What is damaged for the reader would be damaged in the PDF.
  const damaged = leaf.page?.error?.code.startsWith('file_') ?? false;
  const head = leaf.page && !damaged ? await document.images.head(leaf.page) : null;
  if (leaf.page && head) yield* writeImagePage(document, leaf, { head, page: leaf.page, number, isFirst });
  else if (leaf.kind === 'page') throw new AppError('file_undecodable');
  else yield* writeNotice(document, leaf, number);
}

async function* writeImagePage(
  document: Document,
  leaf: ReadLeaf | FailedLeaf,
  { head, page, number, isFirst }: { head: ImageHead; page: JobPage; number: number; isFirst: boolean },
): AsyncGenerator<Uint8Array> {
  const { pdf, codes, zlib, numbers, filling } = document;
  const [image, contents] = [pdf.reserve(), pdf.reserve()];
  yield* writeImage(document, head, { page, number: image });
  const { width, height } = uprightPage(head);
  const matrix = placement(head.orientation, width, height).map((value) => real(value));
  let content = `q ${matrix.join(' ')} cm /Image Do Q\n`;
  const notes = leaf.kind === 'page' ? [] : [noteFor(noteText(leaf.reason), [0, height])];
  if (leaf.kind === 'page') {
    const toPoints = fitTo(leaf.text, { width, height });
    content += textLayer(leaf.text, toPoints, 'Words', codes);
    const blanks = filling?.blanks.filter((blank) => blank.page === leaf.number) ?? [];
    const written = writeBlanks(blanks, toPoints, { width });
    if (blanks.length > 0) content += written.content;
    for (const { label, value, quad } of written.unshown) {
      notes.push(noteFor(`${label}: ${value}`, middleOf(quad, toPoints)));
    }
  }
  const left = isFirst && filling ? unplaced(filling, new Set()) : [];
  if (left.length > 0) notes.push(noteFor(`No blank was found for: ${left.join('; ')}`, [0, height]));
  yield* pdf.streamed(contents, '/Filter/FlateDecode', zlib.deflate(once(latin(content))));
  // Only where they are used: some programs complain of a Chinese font that they have not, seen or unseen.
  const lettering = (
    [
      [LATIN_FONT, numbers.latin],
      [HAN_FONT, numbers.han],
    ] as const
  )
    .filter(([name]) => content.includes(`/${name} `))
    .map(([name, object]) => `/${name} ${object} 0 R`);
  const resources = `<</XObject<</Image ${image} 0 R>>/Font<</Words ${numbers.font} 0 R${lettering.join('')}>>>>`;
  const annotations = notes.length === 0 ? '' : `/Annots[${notes.join('')}]`;
  yield pdf.object(
    number,
    `<</Type/Page/Parent ${numbers.pages} 0 R/MediaBox[0 0 ${real(width)} ${real(height)}]/Contents ${contents} 0 R/Resources${resources}${annotations}>>`,
  );
}

/** From the pixels of the page, y down, to points, y up. */
function fitTo(pixels: { width: number; height: number }, points: { width: number; height: number }): Affine {
  return [points.width / pixels.width, 0, 0, -points.height / pixels.height, 0, points.height];
}

async function* writeImage(
  { pdf, images, zlib }: Document,
  head: ImageHead,
  { page, number }: { page: JobPage; number: number },
): AsyncGenerator<Uint8Array> {
  if (head.kind === 'jpeg') {
    yield* pdf.streamed(number, jpegDictionary(head), images.open(page));
  } else if (!head.alpha) {
    yield* pdf.streamed(number, pngDictionary(head), packedPixels(images.open(page)));
  } else {
    // A PDF keeps alpha in an image of its own: the file is gone through once for each.
    const samples = (which: 'colour' | 'alpha'): AsyncIterable<Uint8Array> =>
      zlib.deflate(samplesOf(head, which, zlib.inflate(packedPixels(images.open(page)))));
    const mask = pdf.reserve();
    const { width, height, bitDepth } = head;
    const grey = `/Type/XObject/Subtype/Image/Width ${width}/Height ${height}/ColorSpace/DeviceGray/BitsPerComponent ${bitDepth}/Filter/FlateDecode`;
    yield* pdf.streamed(mask, grey, samples('alpha'));
    yield* pdf.streamed(number, pngDictionary(head, mask), samples('colour'));
  }
}

/** A note that viewers show as a small sign below and right of a point. */
function noteFor(text: string, [left, top]: readonly [number, number]): string {
  const box = [left, top - NOTE_SIDE, left + NOTE_SIDE, top].map((value) => real(value)).join(' ');
  return `<</Type/Annot/Subtype/Text/Rect[${box}]/F 4/Contents${textString(fitText(text))}>>`;
}

export function noteText(reason: string): string {
  return `Not read: ${fitText(reason)}`;
}

async function* writeNotice(
  { pdf, numbers }: Document,
  { reason }: FailedLeaf,
  number: number,
): AsyncGenerator<Uint8Array> {
  const contents = pdf.reserve();
  // Helvetica has no other letters; the code is always among them.
  const text = noteText(reason)
    .replace(/[^ -~]/g, '?')
    .replace(/[\\()]/g, '\\$&');
  const content = `BT /Notice ${NOTICE.size} Tf ${NOTICE.left} ${BLANK.height - NOTICE.below} Td (${text}) Tj ET`;
  yield pdf.stream(contents, '', latin(content));
  const resources = `<</Font<</Notice ${numbers.latin} 0 R>>>>`;
  yield pdf.object(
    number,
    `<</Type/Page/Parent ${numbers.pages} 0 R/MediaBox[0 0 ${BLANK.width} ${BLANK.height}]/Contents ${contents} 0 R/Resources${resources}>>`,
  );
}

async function* writeFont({ pdf, zlib, codes, numbers }: Document): AsyncGenerator<Uint8Array> {
  const reserved = {
    descendant: pdf.reserve(),
    descriptor: pdf.reserve(),
    toUnicode: pdf.reserve(),
    glyphMap: pdf.reserve(),
    program: pdf.reserve(),
  };
  const { font, descendant, descriptor } = fontObjects(reserved);
  yield pdf.object(numbers.font, font);
  yield pdf.object(reserved.descendant, descendant);
  yield pdf.object(reserved.descriptor, descriptor);
  const program = fontProgram();
  yield pdf.stream(reserved.program, `/Length1 ${program.length}`, program);
  const packed = '/Filter/FlateDecode';
  yield* pdf.streamed(reserved.glyphMap, packed, zlib.deflate(once(glyphMap())));
  yield* pdf.streamed(reserved.toUnicode, packed, zlib.deflate(once(toUnicode(codes.beyond()))));
}

async function* once(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes;
}
