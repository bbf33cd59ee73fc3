import type { PageText, Table } from '@docusnap/contracts';
import { withBoxes } from './boxes.ts';
import { fitText } from './characters.ts';
import type { Leaf } from './leaves.ts';
import { passagesOf } from './passages.ts';
import { gridOf, sectionsOf } from './tables.ts';

/** Between pages, as pdftotext writes it. */
const FORM_FEED = '\f';
/** Between the cells of a row. */
const TAB = '\t';

/** Leaves as plain text, apart by form feeds; a page or file that was not read is a line in square brackets with its code. */
export async function* formatText(leaves: AsyncIterable<Leaf>): AsyncGenerator<string> {
  let between = '';
  for await (const leaf of leaves) {
    yield `${between}${leaf.kind === 'page' ? pageAsText(leaf.text) : `[${fitText(leaf.reason)}]`}\n`;
    between = FORM_FEED;
  }
}

/** A page as plain text: a passage a line, blocks apart by an empty line; of tables a row a line, its cells apart by tabs, empty ones too; check boxes as signs. */
export function pageAsText(page: PageText): string {
  return sectionsOf(withBoxes(page))
    .map((section) => (section.kind === 'table' ? tableAsText(section.table) : printAsText(section.page)))
    .filter((text) => text !== '')
    .join('\n\n');
}

function printAsText(page: PageText): string {
  return passagesOf(page)
    .flat()
    .map(({ texts, beginsBlock }, index) => (index === 0 ? '' : beginsBlock ? '\n\n' : '\n') + texts.join(TAB))
    .join('');
}

function tableAsText(table: Table): string {
  return gridOf(table)
    .map((row) => row.map(fitText).join(TAB))
    .join('\n');
}
