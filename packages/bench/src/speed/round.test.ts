import { afterEach, expect, jest, test } from '@jest/globals';
import type { Entrant } from './contenders.ts';
import { type DecodedImage, runRound } from './round.ts';

const SCRIPT = { script: new URL('../contender/fixtures/scripted.ts', import.meta.url), args: [] };
const entrant = (setting: Entrant['setting']): Entrant => ({
  name: 'a',
  oneCore: SCRIPT,
  alone: SCRIPT,
  setting,
  npmPeer: false,
});

const pagesOf = (paths: readonly string[]): DecodedImage[] =>
  paths.map((path) => ({
    image: { name: path, path, truth: null },
    page: { path, width: 1, height: 1, channels: 1, offset: 0 },
  }));

afterEach(() => {
  jest.restoreAllMocks();
});

async function turnOf(setting: Entrant['setting'], paths: readonly string[]) {
  return (await runRound([entrant(setting)], pagesOf(paths), { cores: 1, first: 0 })).get('a')!;
}

test('what took longest in the rehearsal is read first, what could not be read before all, and lines come in the order of the pages', async () => {
  const told = jest.spyOn(console, 'error').mockImplementation(() => {});
  const { lines, pagesPerSecond, aloneMs, overFloor } = await turnOf(null, [
    'after 5',
    'throw',
    'after 600',
    'after 200',
  ]);
  expect(told.mock.calls).toEqual([['a: throw could not be read and counts as empty: cannot be read']]);
  // Three were read in the rehearsal.
  expect(lines.map((page) => page?.[0]?.text.replace(/by \d+ /, ''))).toEqual([
    'after 5 as 6',
    undefined,
    'after 600 as 4',
    'after 200 as 5',
  ]);
  expect(aloneMs).toHaveLength(3);
  expect(overFloor).toBeNull();
  expect(pagesPerSecond).toBeLessThan(4 / 0.8);
});

test('time over bare inference is that of all pages that can be read over that of their inference', async () => {
  jest.spyOn(console, 'error').mockImplementation(() => {});
  const { overFloor } = await turnOf('fast', ['after 100', 'throw', 'after 300']);
  expect(overFloor).toBeGreaterThanOrEqual((100 + 300) / (10 + 10) - 0.2);
  expect(overFloor).toBeLessThan(100);
});
