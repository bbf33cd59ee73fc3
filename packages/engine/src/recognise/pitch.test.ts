import { expect, test } from '@jest/globals';
import { pitchOf } from './pitch.ts';

function at(text: string, steps: readonly number[]) {
  return [...text].map((letter, index) => {
    return { text: letter, probability: 1, firstStep: steps[index]!, lastStep: steps[index]!, spaceBefore: 0 };
  });
}

test('the pitch is the median distance of neighbouring Han letters', () => {
  expect(pitchOf(at('山深闻鹧鸪', [0, 6, 12, 25, 31]))).toBe(6);
});

test('other letters are not measured', () => {
  expect(pitchOf(at('山深a闻b鹧鸪', [0, 6, 8, 10, 12, 20, 26]))).toBe(6);
});

test('a single distance is no measure', () => {
  expect(pitchOf(at('山深', [0, 6]))).toBeUndefined();
  expect(pitchOf(at('abc', [0, 2, 4]))).toBeUndefined();
});
