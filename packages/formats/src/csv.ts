import type { Table } from '@docusnap/contracts';
import { fitText } from './characters.ts';
import { gridOf } from './tables.ts';

/**
 * A table as CSV (RFC 4180): commas, quotes where they are needed, lines ended by CRLF; the lines of one cell are apart by line feeds in its quotes.
 * Texts are as they were read: what opens it in a spreadsheet must itself take no cell for a formula that begins with "=", "+", "-" or "@", since
 * most of these are amounts and telephone numbers, which a mark before them would change.
 */
export function tableAsCsv(table: Table): string {
  return gridOf(table)
    .map((row) => `${row.map(field).join(',')}\r\n`)
    .join('');
}

function field(text: string): string {
  const fit = text.split('\n').map(fitText).join('\n');
  return /[",\r\n]|^\s|\s$/.test(fit) ? `"${fit.replaceAll('"', '""')}"` : fit;
}
