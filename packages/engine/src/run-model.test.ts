import { expect, test } from '@jest/globals';
import type { Session, Tensor } from './models.ts';
import { release } from './release.ts';
import { runModel, runModelOnce } from './run-model.ts';

/** Doubles what it is given, and keeps what it gave. */
function doubling(): { session: Session; given: Tensor[] } {
  const given: Tensor[] = [];
  const run: Session['run'] = async ({ x }) => {
    const output = { data: x!.data.map((value) => value * 2), dims: x!.dims };
    given.push(output);
    return { y: output };
  };
  return { session: { inputNames: ['x'], outputNames: ['y'], run }, given };
}

function tensor(...values: number[]): Tensor {
  return { data: Float32Array.from(values), dims: [values.length] };
}

const sum = ({ data }: Tensor) => data.reduce((total, value) => total + value, 0);

test('what a model gives is given back once it was used, and what it was given stays', async () => {
  const { session, given } = doubling();
  const input = tensor(1, 2, 3);
  expect(await runModel(session, input, sum)).toBe(12);
  expect(given[0]!.data.length).toBe(0);
  expect(Array.from(input.data)).toEqual([1, 2, 3]);
});

test('an input that is used once is given back too', async () => {
  const { session } = doubling();
  const input = tensor(1, 2, 3);
  expect(await runModelOnce(session, input, sum)).toBe(12);
  expect(input.data.length).toBe(0);
});

test('a tensor may be given back twice', () => {
  const twice = tensor(1);
  release(twice);
  release(twice);
  expect(twice.data.buffer.byteLength).toBe(0);
});

test('a model without an input or an output is refused as the wrong model', async () => {
  const { session } = doubling();
  await expect(runModel({ ...session, inputNames: [] }, tensor(1), sum)).rejects.toMatchObject({ code: 'internal' });
  await expect(runModel({ ...session, outputNames: ['z'] }, tensor(1), sum)).rejects.toMatchObject({
    code: 'internal',
  });
});
