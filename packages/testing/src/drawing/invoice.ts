import type { DrawnLine, DrawnRule, PageDrawing } from './draw-page.ts';
import { type FontName, textWidth } from './fonts.ts';

const WIDTH = 1120;
const HEIGHT = 1584;
const LEFT = 96;
const RIGHT = 1016;

/**
 * An invented invoice, row by row: what stands at the left, and after a bar what ends at the right margin.
 * '' is half an empty row, '-' a rule.
 */
const ROWS: readonly { text: string; size?: number; font?: FontName }[] = [
  { text: 'Harbour & Finch Stationers', size: 38, font: 'serif-bold' },
  { text: '14 Quayside Lane, Port Ellery PE4 7QX' },
  { text: 'Phone 0555 018 4420 - orders@harbourfinch.example', size: 20 },
  { text: '' },
  { text: 'INVOICE No. 2024-01873 | 17 March 2024', font: 'serif-bold' },
  { text: 'Customer: Dr. Amelia Brightwater | Order ref. KX-5509/B' },
  { text: 'Deliver to: 203 Old Mill Road, Flat 6, Westbury' },
  { text: '' },
  { text: 'Dear Dr. Brightwater,' },
  { text: 'Thank you for your order of 12 March. Everything below was' },
  { text: 'packed today and should reach you by Friday, 22 March.' },
  { text: '' },
  { text: '-' },
  { text: 'Description | Amount', font: 'serif-bold' },
  { text: '-' },
  { text: '3 x Notebook, A5, ruled, green cover | 14.85' },
  { text: '12 x Pencil HB, cedar wood | 7.20' },
  { text: '1 x Fountain pen "Marlin", fine nib | 48.50' },
  { text: '2 x Ink, royal blue, 50 ml | 11.98' },
  { text: '5 x Envelope C4, padded | 6.25' },
  { text: '1 x Desk lamp, brass (item 7731) | 129.00' },
  { text: '-' },
  { text: 'Subtotal | 217.78' },
  { text: 'Discount 5% | -10.89' },
  { text: 'Sales tax 20% | 41.38' },
  { text: 'TOTAL DUE | 248.27', size: 32, font: 'serif-bold' },
  { text: '' },
  { text: 'Please pay within 30 days, no later than 16 April 2024,' },
  { text: 'and quote the invoice number with your payment.' },
  { text: 'Account: Harbour & Finch Ltd, 40-62-18, 7719 0348' },
  { text: '' },
  { text: 'Questions? Call Jonathan Wu, Monday to Friday, 9:00 to 17:30.', size: 20 },
  { text: 'Goods may be returned unused within 14 days of delivery.', size: 20 },
];

const SIZE = 25;
const ROW_HEIGHT = 1.75;

/** The sample document that is shipped: printed text, a little turned, blurred, grainy and unevenly lit, as a scanner gives it. */
export function invoiceDrawing(): PageDrawing {
  const lines: DrawnLine[] = [];
  const rules: DrawnRule[] = [];
  let y = 120;
  for (const { text, size = SIZE, font = 'serif' } of ROWS) {
    if (text === '') {
      y += SIZE * 0.8;
    } else if (text === '-') {
      rules.push({ from: [LEFT, y - 1], to: [RIGHT, y - 1], thickness: 2 });
      y += SIZE * 0.6;
    } else {
      y += size * ROW_HEIGHT - SIZE * 0.5;
      const [left = '', right] = text.split(' | ');
      lines.push({ text: left, x: LEFT, y, size, font });
      if (right !== undefined) {
        lines.push({ text: right, x: RIGHT - textWidth(right, size, font), y, size, font });
      }
      y += SIZE * 0.5;
    }
  }
  return {
    width: WIDTH,
    height: HEIGHT,
    lines,
    rules,
    rotateDegrees: 1.1,
    blur: 0.7,
    noise: 7,
    shade: 0.28,
    seed: 20240317,
    format: 'jpeg',
    quality: 72,
  };
}

/** What is printed on it, a line for each piece of print that stands alone, in reading order. */
export function invoiceText(): string {
  return `${invoiceDrawing()
    .lines.map(({ text }) => text)
    .join('\n')}\n`;
}
