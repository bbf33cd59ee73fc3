/** Draws the sample document that is shipped, and writes down what is printed on it: `node packages/testing/src/drawing/sample.ts`. */
import { writeFile } from 'node:fs/promises';
import { drawPage } from './draw-page.ts';
import { invoiceDrawing, invoiceText } from './invoice.ts';

const folder = new URL('../../../../deploy/embedded/sample/', import.meta.url);
const picture = await drawPage(invoiceDrawing());
await writeFile(new URL('invoice.jpg', folder), picture);
await writeFile(new URL('invoice.txt', folder), invoiceText());
console.log(`deploy/embedded/sample: invoice.jpg (${picture.length} bytes), invoice.txt`);
