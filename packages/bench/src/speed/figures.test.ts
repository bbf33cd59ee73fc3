import { expect, test } from '@jest/globals';
import { SETS } from '../sets.ts';
import type { Entrant } from './contenders.ts';
import { speedFigures } from './figures.ts';
import type { Turn } from './round.ts';

const program = { script: new URL('file:///none'), args: [] };
const entrant = (name: string, setting: Entrant['setting']): Entrant => ({
  name,
  oneCore: program,
  alone: program,
  setting,
  npmPeer: setting === null,
});
const contenders = [entrant('accurate', 'accurate'), entrant('fast', 'fast'), entrant('p', null), entrant('q', null)];
const page = { path: '', width: 1, height: 1, channels: 1, offset: 0 } as const;
const pages = [{ image: { name: 'a', path: '', truth: ['one two'] }, page }];

const turn = (
  text: string | null,
  pagesPerSecond: number,
  aloneMs: number[],
  overFloor: number | null = null,
): Turn => ({
  lines: [text === null ? null : [{ text }]],
  pagesPerSecond,
  aloneMs,
  inferenceMs: [5],
  peakRss: 1024 * 1024,
  overFloor,
});

const round = (accurate: number) =>
  new Map([
    ['accurate', turn('one two', accurate, [40], 1.1)],
    ['fast', turn('one', 8, [30], 1.3)],
    ['p', turn('one', 1, [100])],
    ['q', turn(null, 2, [200])],
  ]);

test('each ratio is taken within its round against whoever is faster there, and the median round counts', () => {
  const figures = speedFigures([round(6), round(9), round(7)], { contenders, pages, set: SETS['documents-en'] });
  const find = (name: string) => figures.find((one) => one.name === name);
  expect(find('accurate: throughput over the faster npm peer')).toMatchObject({
    value: 3.5,
    samples: [3, 4.5, 3.5],
    target: { atLeast: 3 },
    ok: true,
  });
  expect(find('accurate: page alone over the faster npm peer')).toMatchObject({ value: 0.4, ok: true });
  expect(find('accurate: time over bare inference')).toMatchObject({ value: 1.1, ok: true });
  expect(find('fast: time over bare inference')).toMatchObject({ value: 1.3, ok: false });
  expect(find('q: pages that could not be read')).toMatchObject({ value: 1 });
});

test('accurate is held to its set, fast to the better peer of the same run, peers to nothing', () => {
  const figures = speedFigures([round(6)], { contenders, pages, set: SETS['documents-en'] });
  const find = (name: string) => figures.find((one) => one.name === name);
  expect(find('accurate: wordF1')).toMatchObject({ value: 1, target: { atLeast: 0.955 }, ok: true });
  expect(find('fast: wordF1')).toMatchObject({ target: { atLeast: find('p: wordF1')?.value }, ok: true });
  expect(find('p: wordF1')).toMatchObject({ target: null });
  expect(find('q: wordF1')).toMatchObject({ value: 0 });
});

test('where the set is not known, figures are printed and nothing but the floor is asked', () => {
  const figures = speedFigures([round(6)], { contenders, pages, set: undefined });
  expect(figures.filter(({ target }) => target !== null).map(({ name }) => name)).toEqual([
    'accurate: time over bare inference',
    'fast: time over bare inference',
  ]);
});
