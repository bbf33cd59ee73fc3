import { crc32, deflateSync } from 'node:zlib';

/** A PNG of white pixels, as large in bytes as asked for where that is larger: an unused chunk fills it up. */
export function png(options: { width?: number; height?: number; bytes?: number; profileBytes?: number } = {}): Buffer {
  const { width = 8, height = 8, bytes = 0, profileBytes = 0 } = options;
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([8, 0, 0, 0, 0], 8);
  // Only small ones hold their pixels; the gateway looks at headers alone.
  const pixels = width * height > 1_000_000 ? Buffer.alloc(1) : Buffer.alloc((width + 1) * height, 0xff);
  const parts = [
    Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]),
    chunk('IHDR', header),
    ...(profileBytes > 0 ? [chunk('iCCP', Buffer.alloc(profileBytes))] : []),
    chunk('IDAT', deflateSync(pixels)),
    chunk('IEND', Buffer.alloc(0)),
  ];
  const missing = bytes - Buffer.concat(parts).length;
  if (missing > 0) parts.splice(-1, 0, chunk('teXt', Buffer.alloc(Math.max(0, missing - 12), 0x61)));
  return Buffer.concat(parts);
}

function chunk(type: string, data: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(type), data]);
  const length = Buffer.alloc(4);
  length.writeUInt32BE(data.length);
  const check = Buffer.alloc(4);
  check.writeUInt32BE(crc32(body));
  return Buffer.concat([length, body, check]);
}

/** What the gateway looks at of a PDF, as large in bytes as asked for: how many pages it has says who plays the worker. */
export function pdf({ bytes = 64 }: { bytes?: number } = {}): Buffer {
  const file = Buffer.alloc(bytes, 0x20);
  file.write('%PDF-1.7\n');
  return file;
}

/** The head of a JPEG: an EXIF block of `exifBytes`, then the frame header with the size. */
export function jpeg(options: { width: number; height: number; exifBytes?: number }): Buffer {
  const exif = Buffer.alloc(options.exifBytes ?? 32);
  exif.write('Exif\0\0', 0, 'latin1');
  const frame = Buffer.alloc(15);
  frame.set([8], 0);
  frame.writeUInt16BE(options.height, 1);
  frame.writeUInt16BE(options.width, 3);
  return Buffer.concat([
    Buffer.from([0xff, 0xd8]),
    segment(0xe1, exif),
    segment(0xc0, frame),
    segment(0xda, Buffer.alloc(10)),
    Buffer.alloc(64, 0x55),
    Buffer.from([0xff, 0xd9]),
  ]);
}

function segment(marker: number, data: Buffer): Buffer {
  const head = Buffer.from([0xff, marker, 0, 0]);
  head.writeUInt16BE(data.length + 2, 2);
  return Buffer.concat([head, data]);
}

/** A TIFF whose first directory says the size, followed by a second one with other numbers. */
export function tiff(width: number, height: number, next: { width: number; height: number }): Buffer {
  const first = directory(width, height, 8 + 2 + 24 + 4);
  return Buffer.concat([Buffer.from([0x49, 0x49, 42, 0, 8, 0, 0, 0]), first, directory(next.width, next.height, 0)]);
}

function directory(width: number, height: number, nextAt: number): Buffer {
  const bytes = Buffer.alloc(2 + 24 + 4);
  bytes.writeUInt16LE(2, 0);
  for (const [index, [tag, value]] of [[256, width] as const, [257, height] as const].entries()) {
    const at = 2 + index * 12;
    bytes.writeUInt16LE(tag, at);
    bytes.writeUInt16LE(4, at + 2);
    bytes.writeUInt32LE(1, at + 4);
    bytes.writeUInt32LE(value, at + 8);
  }
  bytes.writeUInt32LE(nextAt, 26);
  return bytes;
}
