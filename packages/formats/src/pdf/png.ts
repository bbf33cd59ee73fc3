import { AppError } from '@docusnap/contracts';
import { type ByteCursor, openCursor } from './byte-cursor.ts';
import { type Orientation, readExif } from './exif.ts';

export interface PngHead {
  readonly kind: 'png';
  /** As stored, before the orientation is applied. */
  readonly width: number;
  readonly height: number;
  readonly orientation: Orientation;
  /** Dots an inch; null where the file does not say. */
  readonly dpi: number | null;
  readonly bitDepth: number;
  /** Samples a pixel, the alpha sample left out. */
  readonly colours: 1 | 3;
  readonly alpha: boolean;
  /** RGB triples, laid on white where they are transparent; null where pixels are no numbers of a palette. */
  readonly palette: Uint8Array | null;
  /** The one colour that is transparent; null where there is none. */
  readonly transparent: readonly number[] | null;
}

const SIGNATURE = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a] as const;
const TYPE = { grey: 0, rgb: 2, palette: 3, greyAlpha: 4, rgbAlpha: 6 } as const;
/** Before the pixels: profiles and texts may be large, but not larger. */
const LARGEST_CHUNK = 16 * 1024 * 1024;
const METRES_PER_INCH = 0.0254;
const CRC_BYTES = 4;
/** Of a palette: 256 colours. */
const PALETTE_BYTES = 768;
/** Of pixels with alpha, which are taken apart row by row: a page's rows have some tens of kilobytes, and two are in memory at a time. */
const LARGEST_ROW = 1024 * 1024;

interface Chunk {
  readonly type: string;
  readonly length: number;
}

async function nextChunk(cursor: ByteCursor): Promise<Chunk | null> {
  const head = await cursor.take(8);
  if (head === null) return null;
  return { length: viewOf(head).getUint32(0), type: String.fromCharCode(...head.subarray(4)) };
}

/** Reads to the first pixels; null where the header is damaged. Throws `not_acceptable` for interlaced pixels. */
export async function readPngHead(cursor: ByteCursor): Promise<PngHead | null> {
  const signature = await cursor.take(8);
  if (signature === null || SIGNATURE.some((byte, at) => signature[at] !== byte)) return null;
  const chunks = new Map<string, Uint8Array>();
  for (;;) {
    const chunk = await nextChunk(cursor);
    if (chunk === null || chunk.length > LARGEST_CHUNK) return null;
    if (chunk.type === 'IDAT') return headFrom(chunks);
    const data = await cursor.take(chunk.length + CRC_BYTES);
    if (data === null) return null;
    if (!chunks.has(chunk.type)) chunks.set(chunk.type, data.subarray(0, chunk.length));
  }
}

function headFrom(chunks: ReadonlyMap<string, Uint8Array>): PngHead | null {
  const header = chunks.get('IHDR');
  if (header === undefined || header.length < 13) return null;
  const [width, height] = [viewOf(header).getUint32(0), viewOf(header).getUint32(4)];
  const [bitDepth = 0, type = -1] = header.subarray(8);
  if (width === 0 || height === 0 || ![1, 2, 4, 8, 16].includes(bitDepth)) return null;
  if (header[12] !== 0) throw new AppError('not_acceptable', 'A PDF cannot hold an interlaced PNG as it came.');
  const colours = type === TYPE.rgb || type === TYPE.rgbAlpha ? 3 : 1;
  const alpha = type === TYPE.greyAlpha || type === TYPE.rgbAlpha;
  if ((alpha && bitDepth < 8) || !Object.values<number>(TYPE).includes(type)) return null;
  const [colourTable, transparency] = [chunks.get('PLTE'), chunks.get('tRNS')];
  if (type === TYPE.palette && !isPalette(colourTable)) return null;
  if (alpha && width * (colours + 1) * (bitDepth / 8) > LARGEST_ROW) {
    throw new AppError('not_acceptable', 'The rows of this PNG with transparency are too long to be put into a PDF.');
  }
  const exif = chunks.get('eXIf');
  return {
    kind: 'png',
    width,
    height,
    orientation: exif ? readExif(exif).orientation : 1,
    dpi: resolution(chunks.get('pHYs')),
    bitDepth,
    colours,
    alpha,
    palette: type === TYPE.palette ? onWhite(colourTable!, transparency ?? new Uint8Array(0)) : null,
    transparent:
      transparency && transparency.length === colours * 2 && (type === TYPE.grey || type === TYPE.rgb)
        ? Array.from({ length: colours }, (_, at) => viewOf(transparency).getUint16(at * 2))
        : null,
  };
}

function isPalette(table: Uint8Array | undefined): boolean {
  return table !== undefined && table.length > 0 && table.length <= PALETTE_BYTES && table.length % 3 === 0;
}

function resolution(physical: Uint8Array | undefined): number | null {
  if (physical === undefined || physical.length < 9 || physical[8] !== 1) return null;
  return viewOf(physical).getUint32(0) * METRES_PER_INCH;
}

function onWhite(palette: Uint8Array, alphas: Uint8Array): Uint8Array {
  return palette.map((value, at) => {
    const opacity = (alphas[Math.floor(at / 3)] ?? 255) / 255;
    return Math.round(value * opacity + 255 * (1 - opacity));
  });
}

/** The compressed pixels of a PNG as they lie in it. Throws `file_truncated` where the file ends before its last chunk. */
export async function* packedPixels(source: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  const cursor = openCursor(source);
  try {
    await cursor.take(SIGNATURE.length);
    for (;;) {
      const chunk = await nextChunk(cursor);
      if (chunk === null) throw new AppError('file_truncated');
      if (chunk.type === 'IEND') return;
      for await (const piece of cursor.pieces(chunk.length)) if (chunk.type === 'IDAT') yield piece;
      await cursor.take(CRC_BYTES);
    }
  } finally {
    await cursor.close();
  }
}

/** What the PDF's image says of its colours and samples; `mask` is the number of the image that holds the alpha samples. */
export function pngDictionary(head: PngHead, mask?: number): string {
  const { width, height, bitDepth, colours, alpha, palette, transparent } = head;
  const space = palette
    ? `[/Indexed/DeviceRGB ${palette.length / 3 - 1}<${Array.from(palette, (value) => value.toString(16).padStart(2, '0')).join('')}>]`
    : `/Device${colours === 3 ? 'RGB' : 'Gray'}`;
  const predictor = `/DecodeParms<</Predictor 15/Colors ${colours}/BitsPerComponent ${bitDepth}/Columns ${width}>>`;
  const masked = transparent ? `/Mask[${transparent.flatMap((value) => [value, value]).join(' ')}]` : '';
  const softMask = mask === undefined ? '' : `/SMask ${mask} 0 R`;
  return (
    `/Type/XObject/Subtype/Image/Width ${width}/Height ${height}/ColorSpace${space}/BitsPerComponent ${bitDepth}` +
    // Where alpha was taken out the rows are plain; else they are the file's own, with its row filters.
    `${masked}${softMask}/Filter/FlateDecode${alpha ? '' : predictor}`
  );
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
}
