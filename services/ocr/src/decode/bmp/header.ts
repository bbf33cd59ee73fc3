import { AppError } from '@docusnap/contracts';

/** What a BMP says of itself (BITMAPFILEHEADER and the header behind it, from OS/2's of 12 bytes to Windows' version 5 of 124). */
export interface BmpHeader {
  readonly width: number;
  readonly height: number;
  /** Rows run from the top; else from the bottom. */
  readonly topDown: boolean;
  readonly bits: number;
  readonly compression: number;
  /** Where the pixels begin. */
  readonly pixelsAt: number;
  /** Red, green, blue for each index. */
  readonly palette: readonly (readonly [number, number, number])[];
  readonly masks: BmpMasks;
}

/** Which bits of a pixel hold what; alpha is 0 where there is none. */
export interface BmpMasks {
  readonly red: number;
  readonly green: number;
  readonly blue: number;
  readonly alpha: number;
}

/** Values of the field biCompression. */
export const COMPRESSION = { none: 0, rle8: 1, rle4: 2, fields: 3, jpeg: 4, png: 5, alphaFields: 6 } as const;

const FILE_HEADER = 14;
const CORE_HEADER = 12;
const INFO_HEADER = 40;
/** From this length on the header itself holds a mask for alpha. */
const ALPHA_HEADER = 56;
const MASKS_AT = FILE_HEADER + INFO_HEADER;

/** @throws AppError `file_truncated`, `file_undecodable` */
export function readBmpHeader(bytes: Buffer): BmpHeader {
  if (bytes.length < FILE_HEADER + CORE_HEADER) throw new AppError('file_truncated');
  const pixelsAt = bytes.readUInt32LE(10);
  const length = bytes.readUInt32LE(FILE_HEADER);
  if (bytes.length < FILE_HEADER + Math.min(length, INFO_HEADER)) throw new AppError('file_truncated');
  if (length === CORE_HEADER) return coreHeader(bytes, pixelsAt);
  if (length < 16 || length > 1_024) throw new AppError('file_undecodable', 'Its header has an unknown length.');
  // Fields that OS/2's shorter headers leave out are 0.
  const header = Buffer.alloc(MASKS_AT + 16);
  bytes.copy(header, 0, 0, Math.min(FILE_HEADER + length, header.length));
  const height = header.readInt32LE(22);
  const bits = header.readUInt16LE(28);
  const compression = header.readUInt32LE(30);
  const fields = compression === COMPRESSION.fields || compression === COMPRESSION.alphaFields;
  const outside = fields && length === INFO_HEADER ? (compression === COMPRESSION.fields ? 12 : 16) : 0;
  if (outside > 0) {
    if (bytes.length < MASKS_AT + outside) throw new AppError('file_truncated');
    bytes.copy(header, MASKS_AT, MASKS_AT, MASKS_AT + outside);
  }
  return {
    width: header.readInt32LE(18),
    height: Math.abs(height),
    topDown: height < 0,
    bits,
    compression,
    pixelsAt,
    palette: readPalette(bytes, { at: FILE_HEADER + length + outside, entry: 4, used: header.readUInt32LE(46), bits }),
    masks: fields
      ? readMasks(header, length >= ALPHA_HEADER || compression === COMPRESSION.alphaFields)
      : usualMasks(bits),
  };
}

function coreHeader(bytes: Buffer, pixelsAt: number): BmpHeader {
  const bits = bytes.readUInt16LE(24);
  return {
    width: bytes.readUInt16LE(18),
    height: bytes.readUInt16LE(20),
    topDown: false,
    bits,
    compression: COMPRESSION.none,
    pixelsAt,
    palette: readPalette(bytes, { at: FILE_HEADER + CORE_HEADER, entry: 3, used: 0, bits }),
    masks: usualMasks(bits),
  };
}

function readMasks(header: Buffer, hasAlpha: boolean): BmpMasks {
  const at = (index: number) => header.readUInt32LE(MASKS_AT + index * 4);
  return { red: at(0), green: at(1), blue: at(2), alpha: hasAlpha ? at(3) : 0 };
}

function usualMasks(bits: number): BmpMasks {
  return bits === 16
    ? { red: 0x7c00, green: 0x03e0, blue: 0x001f, alpha: 0 }
    : { red: 0xff0000, green: 0xff00, blue: 0xff, alpha: 0 };
}

function readPalette(
  bytes: Buffer,
  { at, entry, used, bits }: { at: number; entry: number; used: number; bits: number },
): BmpHeader['palette'] {
  if (bits > 8) return [];
  const most = 1 << bits;
  const wanted = used === 0 ? most : Math.min(used, most);
  const there = Math.max(0, Math.floor((bytes.length - at) / entry));
  return Array.from({ length: Math.min(wanted, there) }, (_, i): [number, number, number] => {
    const place = at + i * entry;
    return [bytes[place + 2]!, bytes[place + 1]!, bytes[place]!];
  });
}
