import { AppError } from '@docusnap/contracts';
import { openCursor } from './byte-cursor.ts';
import type { PngHead } from './png.ts';
import { joined } from './writer.ts';

/** Rows are handed on in pieces of about so many bytes, so that no piece holds a thread for long. */
const PIECE_BYTES = 64 * 1024;

/**
 * The colour samples of a PNG with alpha, or its alpha samples, row by row without the row filters.
 *
 * @param rows its pixels, decompressed: a filter byte and the samples of each row
 * @throws AppError `file_truncated` when there are fewer rows than the header says
 */
export async function* samplesOf(
  head: PngHead,
  which: 'colour' | 'alpha',
  rows: AsyncIterable<Uint8Array>,
): AsyncGenerator<Uint8Array> {
  const sampleBytes = head.bitDepth / 8;
  const pixelBytes = (head.colours + 1) * sampleBytes;
  const [from, to] = which === 'colour' ? [0, head.colours * sampleBytes] : [head.colours * sampleBytes, pixelBytes];
  const rowBytes = head.width * pixelBytes;
  const cursor = openCursor(rows);
  let before: Uint8Array = new Uint8Array(rowBytes);
  let pieces: Uint8Array[] = [];
  let gathered = 0;
  try {
    for (let y = 0; y < head.height; y += 1) {
      const filtered = await cursor.take(rowBytes + 1);
      if (filtered === null) throw new AppError('file_truncated');
      const row = unfiltered(filtered, before, pixelBytes);
      pieces.push(pick(row, { pixelBytes, from, to }));
      gathered += rowBytes;
      if (gathered >= PIECE_BYTES) {
        yield joined(pieces);
        [pieces, gathered] = [[], 0];
      }
      before = row;
    }
    if (pieces.length > 0) yield joined(pieces);
  } finally {
    await cursor.close();
  }
}

function pick(row: Uint8Array, { pixelBytes, from, to }: { pixelBytes: number; from: number; to: number }): Uint8Array {
  const picked = new Uint8Array((row.length / pixelBytes) * (to - from));
  for (let at = 0, pixel = 0; pixel < row.length; pixel += pixelBytes) {
    for (let byte = from; byte < to; byte += 1, at += 1) picked[at] = row[pixel + byte]!;
  }
  return picked;
}

/** A row as it was before PNG's filter: its first byte names what was subtracted from each of the others. */
function unfiltered(filtered: Uint8Array, above: Uint8Array, pixelBytes: number): Uint8Array {
  const row = filtered.slice(1);
  const filter = filtered[0];
  if (filter === 0) return row;
  for (let at = 0; at < row.length; at += 1) {
    const left = at < pixelBytes ? 0 : row[at - pixelBytes]!;
    const up = above[at]!;
    if (filter === 1) row[at]! += left;
    else if (filter === 2) row[at]! += up;
    else if (filter === 3) row[at]! += (left + up) >> 1;
    else row[at]! += paeth(left, up, at < pixelBytes ? 0 : above[at - pixelBytes]!);
  }
  return row;
}

/** Of the three neighbours the one nearest to left + up - corner. */
function paeth(left: number, up: number, corner: number): number {
  const [toLeft, toUp, toCorner] = [Math.abs(up - corner), Math.abs(left - corner), Math.abs(left + up - 2 * corner)];
  if (toLeft <= toUp && toLeft <= toCorner) return left;
  return toUp <= toCorner ? up : corner;
}
