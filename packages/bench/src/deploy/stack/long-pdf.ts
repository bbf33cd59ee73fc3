import { randomBytes } from 'node:crypto';

const PIECE = 1024 * 1024;
/** What its one page says, in a text layer. */
export const LONG_PDF_LINES = [
  'Two hundred mebibytes went through the proxy',
  'without being written to any file of its own',
  'and this page was read at the other end of it',
] as const;

/** A PDF of a little more than `filling` bytes that say nothing, and a page of text behind them, in pieces. */
export function longPdf(filling: number): { readonly length: number; pieces(): Generator<Buffer> } {
  const header = '%PDF-1.7\n';
  const fillingHead = `1 0 obj\n<</Length ${filling}>>\nstream\n`;
  const fillingTail = '\nendstream\nendobj\n';
  const text = LONG_PDF_LINES.map((line, at) => `BT /F1 18 Tf 60 ${760 - at * 40} Td (${line}) Tj ET`).join('\n');
  const objects = [
    '2 0 obj\n<</Type/Catalog/Pages 3 0 R>>\nendobj\n',
    '3 0 obj\n<</Type/Pages/Kids[4 0 R]/Count 1>>\nendobj\n',
    '4 0 obj\n<</Type/Page/Parent 3 0 R/MediaBox[0 0 595 842]/Resources<</Font<</F1 6 0 R>>>>/Contents 5 0 R>>\nendobj\n',
    `5 0 obj\n<</Length ${text.length}>>\nstream\n${text}\nendstream\nendobj\n`,
    '6 0 obj\n<</Type/Font/Subtype/Type1/BaseFont/Helvetica/Encoding/WinAnsiEncoding>>\nendobj\n',
  ];
  const places = [header.length];
  let at = header.length + fillingHead.length + filling + fillingTail.length;
  for (const object of objects) {
    places.push(at);
    at += object.length;
  }
  const entry = (place: number): string => `${String(place).padStart(10, '0')} 00000 n \n`;
  const table = `xref\n0 ${places.length + 1}\n0000000000 65535 f \n${places.map(entry).join('')}`;
  const trailer = `trailer\n<</Size ${places.length + 1}/Root 2 0 R>>\nstartxref\n${at}\n%%EOF\n`;
  const tail = Buffer.from(`${fillingTail}${objects.join('')}${table}${trailer}`);
  return {
    length: header.length + fillingHead.length + filling + tail.length,
    *pieces() {
      yield Buffer.from(header + fillingHead);
      for (let left = filling; left > 0; left -= PIECE) yield randomBytes(Math.min(PIECE, left));
      yield tail;
    },
  };
}
