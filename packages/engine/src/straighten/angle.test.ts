import type { Line } from '@docusnap/contracts';
import { expect, test } from '@jest/globals';
import { quadOf } from '../geometry/region.ts';
import { angleOf } from './angle.ts';

function line(degrees: number, length = 100): Line {
  const [cos, sin] = [Math.cos((degrees * Math.PI) / 180), Math.sin((degrees * Math.PI) / 180)];
  const quad = quadOf({ origin: [500, 500], along: [length * cos, length * sin], across: [-10 * sin, 10 * cos] });
  return { text: 'a', quad, confidence: 1, words: [{ text: 'a', quad, confidence: 1 }] };
}

test('a page without print is not turned', () => {
  expect(angleOf([], 0)).toBe(0);
});

test('the angle is the quarter turn and the skew, from 0 to below 360', () => {
  expect(angleOf([line(3), line(3)], 0)).toBeCloseTo(3, 1);
  expect(angleOf([line(-2), line(-2)], 0)).toBeCloseTo(358, 1);
  expect(angleOf([line(88)], 1)).toBeCloseTo(88, 1);
  expect(angleOf([line(180)], 2)).toBe(180);
  expect(angleOf([line(-89)], 3)).toBeCloseTo(271, 1);
  expect(angleOf([line(-0.01)], 0)).toBe(0);
});

test('a few lines that stand otherwise do not turn the page', () => {
  expect(angleOf([line(1), line(1), line(1), line(90), line(45, 20)], 0)).toBeCloseTo(1, 1);
});

test('columns of upright letters run down a page that is not turned', () => {
  expect(angleOf([line(91), line(91)], 0)).toBeCloseTo(1, 1);
});
