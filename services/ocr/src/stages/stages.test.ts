import { readFile } from 'node:fs/promises';
import { type Models, type Raster, readPage } from '@docusnap/engine';
import { beforeAll, expect, test } from '@jest/globals';
import { loadModels } from '../models/load.ts';
import { firstDrift, type Tolerances } from './compare.ts';
import { drawnPages } from './pages.ts';
import { type Digests, STEPS, type Walk, walk } from './walk.ts';

/** Pixels of the page, about as large as those of the map; of one line, and of all on average. */
const LINES = { quads: 2, meanLength: 0.8, meanHeight: 0.4 };

/**
 * What each stage gave for two drawn pages when it was last looked at (fixtures/recorded.json), against what it gives now; the first step that
 * drifted is named. After a change on purpose: `node services/ocr/src/stages/main.ts`, and look at the diff.
 *
 * The recogniser computes in floats here, whatever this machine prefers. The tolerances leave room for what processors and builds of sharp round
 * differently.
 */
const TOLERANCES: Tolerances = {
  // Grey levels, on average over a sixth of the page.
  page: { bands: 0.3 },
  // A grey level is 0.017 in the detector's normalisation.
  prepare: { bands: 0.006 },
  // Percent of a sixth of the page: a row of its pixels more or less on one line.
  'detection model': { textPercent: 0.6 },
  detect: LINES,
  straighten: LINES,
  orient: { ways: 2, column: 2 },
  // Columns: a pixel of the map in the height of the longest line is two in a hundred of its width; levels from -1 to 1; parts of its sides.
  'line pictures': { width: 24, mean: 0.03, inkAt: 0.03 },
  // A word begins and ends at a step of the recogniser: four to eight pixels.
  recognise: { quad: 2, words: 9, confidence: 0.03 },
  arrange: {},
};

let models: Models;
let pages: ReadonlyMap<string, Raster>;
let recorded: Readonly<Record<string, Digests>>;
const walks = new Map<string, Walk>();

beforeAll(async () => {
  ({ models } = await loadModels({ precision: 'float32' }));
  pages = await drawnPages();
  recorded = JSON.parse(await readFile(new URL('./fixtures/recorded.json', import.meta.url), 'utf8'));
  for (const [name, page] of pages) walks.set(name, await walk(models, page));
});

test('the pages on record are those that are drawn', () => {
  expect(Object.keys(recorded)).toEqual([...pages.keys()]);
});

test.each(['a receipt', 'a receipt turned by a quarter'])('no stage has drifted on %s', (name) => {
  expect(firstDrift(recorded[name]!, walks.get(name)!.digests, TOLERANCES)).toBeNull();
});

test('what is on record is what reading a page gives', async () => {
  const [name, page] = [...pages][1]!;
  expect((await readPage(models, page)).blocks).toEqual(walks.get(name)!.blocks);
});

test.each(STEPS)('a drift of "%s" is told by its name, whatever drifts after it', (step) => {
  const before = recorded['a receipt']!;
  const shifted = (digest: unknown): unknown => {
    if (typeof digest === 'number') return digest * 1.5 + 100;
    if (typeof digest === 'string') return `${digest}!`;
    if (typeof digest !== 'object' || digest === null) return digest;
    const entries = Object.entries(digest).map(([key, value]) => [key, shifted(value)] as const);
    return Array.isArray(digest) ? entries.map(([, value]) => value) : Object.fromEntries(entries);
  };
  const late = new Set(STEPS.slice(STEPS.indexOf(step)));
  const now = Object.fromEntries(STEPS.map((each) => [each, late.has(each) ? shifted(before[each]) : before[each]]));
  expect(firstDrift(before, now as unknown as Digests, TOLERANCES)).toMatchObject({ step });
});

test('a line more or less, and a number that became none, are drifts', () => {
  const before = recorded['a receipt']!;
  const lines = before.recognise as readonly never[];
  expect(firstDrift(before, { ...before, recognise: lines.slice(1) }, TOLERANCES)?.step).toBe('recognise');
  expect(firstDrift({ ...before, recognise: lines.slice(1) }, before, TOLERANCES)?.step).toBe('recognise');
  expect(firstDrift(before, { ...before, page: { size: [Number.NaN] } }, TOLERANCES)?.step).toBe('page');
});
