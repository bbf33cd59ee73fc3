import type { PageText, Quad } from '@docusnap/contracts';
import { drawForm } from '@docusnap/testing';
import { expect, test } from '@jest/globals';
import { compareBlanks, compareCheckboxes } from './compare.ts';

const form = drawForm(7);
const page = { width: 1, height: 1, source: 'ocr', blocks: [], models: null } satisfies PageText;

function movedBy(quad: Quad, x: number): Quad {
  const moved = ([u, v]: Quad[number]): Quad[number] => [u + x, v];
  return [moved(quad[0]), moved(quad[1]), moved(quad[2]), moved(quad[3])];
}

test('what is drawn is found in itself', () => {
  const checkboxes = form.checkboxes.map(({ quad, checked }) => ({ quad, checked, score: 1 }));
  const all = form.checkboxes.length;
  expect(compareCheckboxes(form, { ...page, checkboxes })).toEqual({
    drawn: all,
    found: all,
    right: all,
    rightState: all,
  });
  const blanks = form.blanks.map(({ kind, quad }) => ({ kind, quad }));
  expect(compareBlanks(form, { ...page, blanks })).toEqual({
    drawn: blanks.length,
    found: blanks.length,
    right: blanks.length,
  });
});

test('a box in another place is not found, one in the wrong state is found and not right', () => {
  const [first] = form.checkboxes;
  const side = first!.quad[1][0] - first!.quad[0][0];
  const aside = { quad: movedBy(first!.quad, side / 2), checked: first!.checked, score: 1 };
  expect(compareCheckboxes(form, { ...page, checkboxes: [aside] }).right).toBe(0);
  const wrong = { quad: first!.quad, checked: !first!.checked, score: 1 };
  expect(compareCheckboxes(form, { ...page, checkboxes: [wrong] })).toMatchObject({ right: 1, rightState: 0 });
});

test('a page on which nobody looked has none', () => {
  expect(compareCheckboxes(form, page)).toMatchObject({ found: 0, right: 0 });
  expect(compareBlanks(form, page)).toMatchObject({ found: 0, right: 0 });
});

test('equal seeds draw equal forms, other seeds others', () => {
  expect(drawForm(7)).toEqual(form);
  expect(drawForm(8)).not.toEqual(form);
});
