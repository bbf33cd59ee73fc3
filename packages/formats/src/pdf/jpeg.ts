import { AppError } from '@docusnap/contracts';
import type { ByteCursor } from './byte-cursor.ts';
import { CM_PER_INCH, type Orientation, readExif } from './exif.ts';

export interface JpegHead {
  readonly kind: 'jpeg';
  /** As stored, before the orientation is applied. */
  readonly width: number;
  readonly height: number;
  readonly orientation: Orientation;
  /** Dots an inch; null where the file does not say. */
  readonly dpi: number | null;
  readonly components: 1 | 3 | 4;
  /** Adobe's programs store CMYK inverted. */
  readonly inverted: boolean;
}

const MARKER = {
  startOfImage: 0xd8,
  endOfImage: 0xd9,
  startOfScan: 0xda,
  jfif: 0xe0,
  exif: 0xe1,
  adobe: 0xee,
} as const;
/** Frames that PDF's filter decodes: baseline, extended and progressive, with Huffman codes. */
const DECODABLE: ReadonlySet<number> = new Set([0xc0, 0xc1, 0xc2]);
/** The frames there are; the gaps are tables. */
const FRAMES: ReadonlySet<number> = new Set([
  0xc0, 0xc1, 0xc2, 0xc3, 0xc5, 0xc6, 0xc7, 0xc9, 0xca, 0xcb, 0xcd, 0xce, 0xcf,
]);
/** Markers before the frame: files have some dozens, with colour profiles in many parts. */
const MOST_MARKERS = 2_000;

/** Reads to the frame header; null where there is none. Throws `not_acceptable` for a frame that PDF has no filter for. */
export async function readJpegHead(cursor: ByteCursor): Promise<JpegHead | null> {
  let known = { orientation: 1 as Orientation, dpi: null as number | null, adobe: false };
  if ((await cursor.take(2))?.[1] !== MARKER.startOfImage) return null;
  for (let markers = 0; markers < MOST_MARKERS; markers += 1) {
    const marker = await nextMarker(cursor);
    if (marker === null || marker === MARKER.startOfScan || marker === MARKER.endOfImage) return null;
    const segment = await takeSegment(cursor);
    if (segment === null) return null;
    if (FRAMES.has(marker)) return frameHead(marker, segment, known);
    known = { ...known, ...learn(marker, segment) };
  }
  return null;
}

async function nextMarker(cursor: ByteCursor): Promise<number | null> {
  let byte = (await cursor.take(1))?.[0];
  if (byte !== 0xff) return null;
  // Any number of these may fill the room before a marker.
  while (byte === 0xff) byte = (await cursor.take(1))?.[0];
  return byte ?? null;
}

async function takeSegment(cursor: ByteCursor): Promise<Uint8Array | null> {
  const length = await cursor.take(2);
  return length && cursor.take(Math.max(0, length[0]! * 256 + length[1]! - 2));
}

function learn(marker: number, segment: Uint8Array): { orientation?: Orientation; dpi?: number; adobe?: boolean } {
  const name = String.fromCharCode(...segment.subarray(0, 6));
  if (marker === MARKER.exif && name === 'Exif\0\0') {
    const { orientation, dpi } = readExif(segment.subarray(6));
    return dpi === null ? { orientation } : { orientation, dpi };
  }
  if (marker === MARKER.adobe && name.startsWith('Adobe')) return { adobe: true };
  if (marker !== MARKER.jfif || !name.startsWith('JFIF\0') || segment.length < 12) return {};
  const density = segment[8]! * 256 + segment[9]!;
  if (segment[7] === 1) return { dpi: density };
  return segment[7] === 2 ? { dpi: density * CM_PER_INCH } : {};
}

function frameHead(
  marker: number,
  frame: Uint8Array,
  { orientation, dpi, adobe }: { orientation: Orientation; dpi: number | null; adobe: boolean },
): JpegHead | null {
  const [bits, h1 = 0, h2 = 0, w1 = 0, w2 = 0, components] = frame;
  if (!DECODABLE.has(marker) || bits !== 8) {
    throw new AppError(
      'not_acceptable',
      'A PDF cannot hold this kind of JPEG (lossless, arithmetic or 12-bit) as it came.',
    );
  }
  if (components !== 1 && components !== 3 && components !== 4) return null;
  const [width, height] = [w1 * 256 + w2, h1 * 256 + h2];
  if (width === 0 || height === 0) return null;
  return { kind: 'jpeg', width, height, orientation, dpi, components, inverted: components === 4 && adobe };
}

const SPACES = { 1: '/DeviceGray', 3: '/DeviceRGB', 4: '/DeviceCMYK' } as const;

/** What the PDF's image says; its bytes are the file's. */
export function jpegDictionary({ width, height, components, inverted }: JpegHead): string {
  const decode = inverted ? '/Decode[1 0 1 0 1 0 1 0]' : '';
  return `/Type/XObject/Subtype/Image/Width ${width}/Height ${height}/ColorSpace${SPACES[components]}/BitsPerComponent 8${decode}/Filter/DCTDecode`;
}
