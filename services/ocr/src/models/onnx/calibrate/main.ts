/**
 * Finds the ranges of the default recogniser's tensors over lines it draws, and stores them: `node services/ocr/src/models/onnx/calibrate/main.ts`.
 * Takes minutes; to be run again when the default recogniser changes.
 */
import { writeFile } from 'node:fs/promises';
import { readPage } from '@docusnap/engine';
import { seededRandom } from '@docusnap/testing';
import { decodeFrame } from '../../../decode/decode-frame.ts';
import { readModelFile } from '../../files.ts';
import { loadModels } from '../../load.ts';
import { findModelSet } from '../../registry.ts';
import { graphOf } from '../graph.ts';
import { decodeModel } from '../proto.ts';
import type { RangesByModel } from '../ranges.ts';
import { rewriteModel } from '../rewrite.ts';
import { observe } from './observe.ts';
import { drawCalibrationPage } from './pages.ts';
import { widePointwise, wideProduct } from './wide.ts';

const PAGES = 64;
const SEED = 1;
/** Ranges and averages need no more: the error of the last digit is far below a step. */
const DIGITS = 3;

const set = findModelSet();
const file = set.files.recognition;
const model = rewriteModel(await readModelFile(file));
const graph = graphOf(decodeModel(model));
const convolutions = widePointwise(graph);
const head = wideProduct(graph);
const tensors = new Set([...convolutions.map(({ input }) => input), head.input]);
const observer = await observe(model, [...tensors]);

const { models } = await loadModels({ precision: 'float32' });
const random = seededRandom(SEED);
for (let page = 0; page < PAGES; page += 1) {
  const raster = await decodeFrame(await drawCalibrationPage(random), 0, { maxPixels: 10_000_000 });
  await readPage({ ...models, recognition: observer.session }, raster);
}

const rounded = (values: readonly number[]): number[] => values.map((value) => Number(value.toPrecision(DIGITS)));
const rangeOf = (tensor: string) => {
  const { low, high, mean } = observer.rangeOf(tensor);
  return { low: rounded(low), high: rounded(high), mean: rounded(mean) };
};
const ranges: RangesByModel = {
  [file.sha256]: {
    lines: observer.lines(),
    convolutions: Object.fromEntries(convolutions.map(({ input, output }) => [output, rangeOf(input)])),
    head: { product: head.product, input: rangeOf(head.input) },
  },
};
await writeFile(new URL('../ranges.json', import.meta.url), `${JSON.stringify(ranges)}\n`);
process.stdout.write(
  `${file.name}: ${convolutions.length} convolutions and the classes, from ${observer.lines()} drawn lines\n`,
);
