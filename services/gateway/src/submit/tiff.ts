const ENTRY_BYTES = 12;

/**
 * Where the first directory of a TIFF ends, in bytes from the start of the file; Infinity where its count of entries lies beyond the head.
 * Undefined for what is no TIFF; BigTIFF counts as none here.
 */
export function directoryEnd(head: Uint8Array): number | undefined {
  if (head.length < 8) return undefined;
  const view = new DataView(head.buffer, head.byteOffset, head.length);
  const order = view.getUint16(0);
  const littleEndian = order === 0x4949;
  if ((!littleEndian && order !== 0x4d4d) || view.getUint16(2, littleEndian) !== 42) return undefined;
  const at = view.getUint32(4, littleEndian);
  return at + 2 > head.length ? Number.POSITIVE_INFINITY : at + 2 + view.getUint16(at, littleEndian) * ENTRY_BYTES;
}
