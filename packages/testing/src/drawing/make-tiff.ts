/** A page of a TIFF: grey, a byte a pixel, rows from the top. */
export interface TiffPage {
  readonly width: number;
  readonly height: number;
  readonly pixels: Uint8Array;
}

const HEAD_BYTES = 8;
const TAG_BYTES = 12;
const TYPE_LONG = 4;

/** The bytes of a TIFF with these pages, not compressed; sharp writes single pages only. */
export function makeTiff(pages: readonly TiffPage[]): Buffer {
  const head = Buffer.alloc(HEAD_BYTES);
  head.write('II', 0, 'latin1');
  head.writeUInt16LE(42, 2);
  const parts: Buffer[] = [];
  let at = HEAD_BYTES;
  head.writeUInt32LE(at + (pages[0]?.pixels.length ?? 0), 4);
  for (const [index, { width, height, pixels }] of pages.entries()) {
    const tags: readonly [tag: number, value: number][] = [
      [256, width],
      [257, height],
      [258, 8], // bits a sample
      [259, 1], // not compressed
      [262, 1], // 0 is black
      [273, at], // where the pixels begin
      [277, 1], // samples a pixel
      [278, height], // rows a strip
      [279, pixels.length], // bytes of the strip
    ];
    const directory = Buffer.alloc(2 + tags.length * TAG_BYTES + 4);
    let to = directory.writeUInt16LE(tags.length, 0);
    for (const [tag, value] of tags) {
      to = directory.writeUInt16LE(tag, to);
      to = directory.writeUInt16LE(TYPE_LONG, to);
      to = directory.writeUInt32LE(1, to);
      to = directory.writeUInt32LE(value, to);
    }
    const next = at + pixels.length + directory.length;
    const following = pages[index + 1];
    directory.writeUInt32LE(following ? next + following.pixels.length : 0, to);
    parts.push(Buffer.from(pixels), directory);
    at = next;
  }
  return Buffer.concat([head, ...parts]);
}
