import type { Session } from '@docusnap/engine';
import { expect, test } from '@jest/globals';
import { loadModels } from '../load.ts';
import { betterOf } from './precision.ts';
import { PROBE_VALUE } from './probe.ts';

/** A session whose every run keeps the processor busy for a while, and gives what the probe should. */
function taking(milliseconds: number, value = PROBE_VALUE): Session & { runs: () => number } {
  let runs = 0;
  return {
    inputNames: ['x'],
    outputNames: ['y'],
    runs: () => runs,
    run: async () => {
      const ends = performance.now() + milliseconds;
      while (performance.now() < ends);
      runs += 1;
      return { y: { data: new Float32Array(4).fill(value), dims: [1, 1, 2, 2] } };
    },
  };
}

test('integers are used where they are clearly faster', async () => {
  expect(await betterOf(taking(4), taking(2))).toBe('int8');
});

test('where integers are slower, or hardly faster, floats are used', async () => {
  expect(await betterOf(taking(2), taking(4))).toBe('float32');
  expect(await betterOf(taking(2), taking(1.9))).toBe('float32');
});

test('integers that overflow are not used, however fast', async () => {
  expect(await betterOf(taking(4), taking(1, PROBE_VALUE / 2))).toBe('float32');
});

test('one slow run decides nothing', async () => {
  const integer = taking(2);
  const hindered: Session = {
    ...integer,
    run: async (inputs) => {
      if (integer.runs() % 2 === 0) await new Promise((resolve) => setTimeout(resolve, 8));
      return integer.run(inputs);
    },
  };
  expect(await betterOf(taking(4), hindered)).toBe('int8');
});

test('the precision that was asked for is the one that reads, and is told', async () => {
  expect((await loadModels({ precision: 'float32' })).precision).toBe('float32');
  expect((await loadModels({ precision: 'int8' })).precision).toBe('int8');
});
