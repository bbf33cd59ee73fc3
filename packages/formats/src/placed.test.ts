import { expect, test } from '@jest/globals';
import { joinLines, vocabularyOf } from './joining.ts';
import { boundsOf } from './placed.ts';

test('the bounds of more points than a call takes arguments are found', () => {
  const points = Array.from({ length: 400_000 }, (_, at) => [at, at] as const);
  expect(boundsOf(points)).toEqual({ left: 0, top: 0, right: 399_999, bottom: 399_999 });
});

test('a word broken at the end of a long passage is made whole, as in a short one', () => {
  const vocabulary = vocabularyOf([]);
  const passage = 'many words and '.repeat(1_000);
  expect(joinLines(`${passage}docu-`, 'ment', vocabulary)).toBe(`${passage}document`);
  expect(joinLines(`${passage}self-`, 'made', vocabulary)).toBe(`${passage}self-made`);
});

test('joining a line to a passage takes no longer the longer that is', () => {
  const vocabulary = vocabularyOf([]);
  const time = (passage: string): number => {
    const started = process.cpuUsage();
    for (let turn = 0; turn < 200; turn += 1) joinLines(passage, 'next', vocabulary);
    const { user, system } = process.cpuUsage(started);
    return (user + system) / 1_000;
  };
  const passage = 'many words and '.repeat(20_000);
  time(passage);
  // Of processor time, and of several runs the one least disturbed. Through all of it each of these took some milliseconds.
  expect(Math.min(...Array.from({ length: 5 }, () => time(passage)))).toBeLessThan(200);
});
