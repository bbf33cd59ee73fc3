import { expect, test } from '@jest/globals';
import { withBoxes } from './boxes.ts';
import { pageAsMarkdown } from './markdown.ts';
import { lineAt, pageOf, turned, upright } from './test-pages.ts';
import { pageAsText } from './text.ts';

const box = (x: number, y: number, checked: boolean) => ({ quad: upright(x, y, 18, 18), checked, score: 0.9 });
const page = {
  ...pageOf([
    [lineAt({ text: 'Theft', x: 130, y: 100 }), lineAt({ text: 'Fire', x: 330, y: 100 })],
    [lineAt({ text: 'Citizen? Yes No', x: 100, y: 160 })],
    [lineAt({ text: 'Nothing here', x: 100, y: 220 })],
  ]),
  checkboxes: [
    box(100, 101, true),
    box(300, 101, false),
    // Between words of one line, which leave it no room: "Yes" begins at 190, "No" at 230.
    box(170, 161, false),
    box(210, 161, true),
    // Far from any print.
    box(700, 221, true),
  ],
};

test('a box stands as a sign in front of the word behind it, in text and in Markdown', () => {
  expect(pageAsText(page)).toBe('☒ Theft\t☐ Fire\n\nCitizen? ☐ Yes ☒ No\n\nNothing here');
  expect(pageAsMarkdown(page)).toBe('☒ Theft | ☐ Fire\n\nCitizen? ☐ Yes ☒ No\n\nNothing here');
});

test('what was read of the box itself gives way to the sign', () => {
  const read = { ...pageOf([[lineAt({ text: '□ Senior', x: 104, y: 100 })]]), checkboxes: [box(100, 101, false)] };
  expect(pageAsText(read)).toBe('☐ Senior');
});

test('a page without boxes, and one that is turned, stays as it is', () => {
  const { checkboxes: _, ...bare } = page;
  expect(withBoxes(bare)).toBe(bare);
  const sideways = { ...turned(page, 90), angle: 90 };
  expect(withBoxes(sideways)).toBe(sideways);
});
