import { AppError } from '@docusnap/contracts';

/** Second bytes with a meaning of their own behind a first one of 0. */
const END_OF_LINE = 0;
const END_OF_PICTURE = 1;
const MOVE = 2;

/**
 * The palette indices of a picture compressed as RLE8 or RLE4, rows from the top, one byte each; what the data skips stays 0. What it says beyond
 * the picture is dropped.
 *
 * @throws AppError `file_truncated` when the data ends before its last row is begun
 */
export function decodeRunLengths(
  data: Buffer,
  { width, height, bits }: { width: number; height: number; bits: 4 | 8 },
): Uint8Array {
  const indices = new Uint8Array(width * height);
  let [x, y, at] = [0, 0, 0];
  const put = (index: number): void => {
    if (x < width && y < height) indices[(height - 1 - y) * width + x] = index;
    x += 1;
  };
  const nibble = (byte: number, position: number) => (position % 2 === 0 ? byte >> 4 : byte & 15);
  while (y < height) {
    if (at + 1 >= data.length) {
      if (y >= height - 1) break;
      throw new AppError('file_truncated');
    }
    const [count, value] = [data[at]!, data[at + 1]!];
    at += 2;
    if (count > 0) {
      for (let i = 0; i < count; i += 1) put(bits === 8 ? value : nibble(value, i));
    } else if (value === END_OF_LINE) {
      x = 0;
      y += 1;
    } else if (value === END_OF_PICTURE) {
      break;
    } else if (value === MOVE) {
      x += data[at] ?? 0;
      y += data[at + 1] ?? 0;
      at += 2;
    } else {
      const length = bits === 8 ? value : Math.ceil(value / 2);
      for (let i = 0; i < value; i += 1) put(bits === 8 ? (data[at + i] ?? 0) : nibble(data[at + (i >> 1)] ?? 0, i));
      // Literal runs end on even addresses.
      at += length + (length % 2);
    }
  }
  return indices;
}
