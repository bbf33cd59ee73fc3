/** Of EXIF's eight ways an image may have to be turned and mirrored to stand upright; 1 is upright. */
export type Orientation = 1 | 2 | 3 | 4 | 5 | 6 | 7 | 8;

const TAG = { orientation: 0x0112, xResolution: 0x011a, resolutionUnit: 0x0128 } as const;
/** A directory's entry: tag, type, count, and the value or where it lies. */
const ENTRY_BYTES = 12;
const CENTIMETRES = 3;
export const CM_PER_INCH = 2.54;

export interface Exif {
  readonly orientation: Orientation;
  /** Dots an inch; null where it does not say. */
  readonly dpi: number | null;
}

/** What a block of EXIF (a TIFF header and its first directory) says; what is damaged says nothing. */
export function readExif(exif: Uint8Array): Exif {
  const view = new DataView(exif.buffer, exif.byteOffset, exif.length);
  const little = exif[0] === 0x49;
  const found = new Map<number, number>();
  const directory = exif.length < 14 ? 0 : view.getUint32(4, little);
  const count = directory > 0 && directory + 2 <= exif.length ? view.getUint16(directory, little) : 0;
  for (let entry = 0; entry < count; entry += 1) {
    const at = directory + 2 + entry * ENTRY_BYTES;
    if (at + ENTRY_BYTES > exif.length) break;
    const tag = view.getUint16(at, little);
    found.set(tag, tag === TAG.xResolution ? view.getUint32(at + 8, little) : view.getUint16(at + 8, little));
  }
  const orientation = found.get(TAG.orientation) ?? 1;
  return {
    orientation: orientation >= 1 && orientation <= 8 ? (orientation as Orientation) : 1,
    dpi: resolution(view, little, { at: found.get(TAG.xResolution), unit: found.get(TAG.resolutionUnit) }),
  };
}

/** A fraction of two numbers somewhere in the block. */
function resolution(
  view: DataView,
  little: boolean,
  { at, unit }: { at: number | undefined; unit: number | undefined },
) {
  if (at === undefined || at + 8 > view.byteLength || view.getUint32(at + 4, little) === 0) return null;
  const value = view.getUint32(at, little) / view.getUint32(at + 4, little);
  return unit === CENTIMETRES ? value * CM_PER_INCH : value;
}

/** The matrix that lays PDF's unit square, which an image fills, upright on a page of this size. */
export function placement(orientation: Orientation, width: number, height: number): readonly number[] {
  const [w, h] = [width, height];
  const matrices: Readonly<Record<Orientation, readonly number[]>> = {
    1: [w, 0, 0, h, 0, 0],
    2: [-w, 0, 0, h, w, 0],
    3: [-w, 0, 0, -h, w, h],
    4: [w, 0, 0, -h, 0, h],
    5: [0, -h, -w, 0, w, h],
    6: [0, -h, w, 0, 0, h],
    7: [0, h, w, 0, 0, 0],
    8: [0, h, -w, 0, w, 0],
  };
  return matrices[orientation];
}
