import { expect, test } from '@jest/globals';
import { openTurns } from './turns.ts';

const drain = (turns: ReturnType<typeof openTurns<string>>, count: number) =>
  Array.from({ length: count }, () => turns.next()?.waiter);

test('when both lanes wait, direct callers get one reader of every four', () => {
  const turns = openTurns<string>();
  for (let i = 0; i < 8; i++) turns.enter('jobs', 'job');
  for (let i = 0; i < 4; i++) turns.enter('direct', 'direct');
  expect(drain(turns, 12)).toEqual([
    'job',
    'job',
    'job',
    'direct',
    'job',
    'job',
    'job',
    'direct',
    'job',
    'job',
    'direct',
    'direct',
  ]);
});

test('a lane that waits alone gets every reader, and units that nobody waited behind do not count', () => {
  const turns = openTurns<string>();
  for (let i = 0; i < 5; i++) turns.enter('jobs', 'job');
  expect(drain(turns, 5)).toEqual(['job', 'job', 'job', 'job', 'job']);
  turns.enter('direct', 'direct');
  turns.enter('jobs', 'job');
  expect(drain(turns, 3)).toEqual(['job', 'direct', undefined]);
});

test('units are due while direct callers wait alone and have not let three go ahead', () => {
  const turns = openTurns<string>();
  expect(turns.jobsAreDue()).toBe(false);
  turns.enter('direct', 'direct');
  expect(turns.jobsAreDue()).toBe(true);
  for (let i = 0; i < 3; i++) turns.enter('jobs', 'job');
  expect(turns.jobsAreDue()).toBe(false);
  drain(turns, 3);
  expect(turns.jobsAreDue()).toBe(false);
});

test('a waiter that leaves is not served', () => {
  const turns = openTurns<string>();
  turns.enter('jobs', 'a');
  turns.enter('jobs', 'b');
  expect(turns.leave('a')).toBe(true);
  expect(turns.leave('a')).toBe(false);
  expect(turns.next()?.waiter).toBe('b');
});
