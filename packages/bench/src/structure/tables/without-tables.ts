import { between, content, pick, sentence, whole } from './contents.ts';
import { type Page, paintProse } from './prose.ts';

const LABELS = ['Name:', 'Date of birth:', 'Street:', 'City:', 'Phone:', 'Signature:', 'Account:', 'Reference:'];

/** Pages of what is no table: prose in columns, letters, forms, lists. */
export function withoutTables(page: Page): void {
  pick(page.random, [columns, letter, form, list])(page);
}

function columns(page: Page): void {
  const { random, width, height, margin, size, fonts } = page;
  const font = pick(random, fonts);
  const count = whole(random, 2, 3);
  const gap = between(random, 1.5, 3) * size;
  const wide = (width - 2 * margin - (count - 1) * gap) / count;
  for (let column = 0; column < count; column += 1) {
    const lines = Math.floor((height - 2 * margin) / (1.4 * size)) - whole(random, 1, 6);
    paintProse(page, { x: margin + column * (wide + gap), y: margin, width: wide, lines, font });
  }
}

function letter(page: Page): void {
  const { context, random, width, margin, size, fonts } = page;
  const font = pick(random, fonts);
  context.font = `${size}px "${font}"`;
  context.fillStyle = '#222';
  const address = () => [
    content(random, 'name'),
    `${whole(random, 2, 90)} Old Mill Road`,
    'Westbury WB4 7QX',
    'Phone 0555 018 4420',
  ];
  const block = (lines: readonly string[], x: number) => {
    for (const [index, text] of lines.entries()) context.fillText(text, x, margin + (index + 1) * 1.4 * size);
  };
  block(address(), margin);
  block([...address(), `Date: ${content(random, 'date')}`], width * 0.6);
  let y = margin + 9 * size;
  context.font = `bold ${size}px "${font}"`;
  const subject = `Re: ${sentence(random, 4)}`;
  context.fillText(subject, margin, y);
  context.fillRect(margin, y + 0.3 * size, context.measureText(subject).width, 2);
  y += size;
  for (let part = 0; part < 3; part += 1) {
    y = paintProse(page, { x: margin, y, width: width - 2 * margin, lines: whole(random, 2, 6), font }) + size;
  }
  context.fillText('Kind regards,', margin, y + 2 * size);
  context.fillText(content(random, 'name'), margin, y + 4 * size);
}

/** Names of blanks, some filled, on lines or in boxes, in one column or two. */
function form(page: Page): void {
  const { context, random, width, margin, size, fonts } = page;
  const font = pick(random, fonts);
  context.font = `${size}px "${font}"`;
  const across = whole(random, 1, 2);
  const boxed = random() < 0.4;
  const wide = (width - 2 * margin) / across;
  for (let row = 0; row < whole(random, 6, 12); row += 1) {
    for (let column = 0; column < across; column += 1) {
      const [x, y] = [margin + column * wide, margin + (row + 1) * 2.6 * size];
      context.fillStyle = '#222';
      context.fillText(pick(random, LABELS), x, y);
      context.strokeStyle = '#333';
      context.lineWidth = 1.5;
      if (boxed) context.strokeRect(x + wide * 0.4, y - 1.1 * size, wide * 0.5, 1.5 * size);
      else context.strokeRect(x + wide * 0.4, y + 0.25 * size, wide * 0.5, 0.1);
      if (random() < 0.5)
        context.fillText(content(random, pick(random, ['name', 'date', 'code'] as const)), x + wide * 0.42, y);
    }
  }
}

function list(page: Page): void {
  const { context, random, width, margin, size, fonts } = page;
  const font = pick(random, fonts);
  const mark = pick(random, ['•', '1.', '-', '(a)']);
  let y = paintProse(page, { x: margin, y: margin, width: width - 2 * margin, lines: 2, font });
  for (let item = 1; item < 12; item += 1) {
    context.fillText(mark === '1.' ? `${item}.` : mark, margin + size, y + size);
    y = paintProse(page, {
      x: margin + 3.2 * size,
      y,
      width: width - 2 * margin - 3 * size,
      lines: whole(random, 1, 2),
      font,
    });
  }
}
