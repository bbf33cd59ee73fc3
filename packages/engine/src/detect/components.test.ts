import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { connectedComponents } from './components.ts';

function mapOf(rows: readonly string[]): Float32Array {
  return Float32Array.from([...rows.join('')].map((cell) => (cell === '#' ? 0.75 : 0.25)));
}

test('patches that touch at a corner are one, others are apart', () => {
  const found = connectedComponents(mapOf(['##...#', '..#..#', '......', '#.....']), 6, 0.5);
  expect(found.map(({ pixels, probability }) => ({ pixels, probability }))).toEqual([
    { pixels: 3, probability: 0.75 },
    { pixels: 2, probability: 0.75 },
    { pixels: 1, probability: 0.75 },
  ]);
  expect(found[2]!.corners).toEqual([
    [0, 3],
    [1, 3],
    [0, 4],
    [1, 4],
  ]);
});

test('arms that meet further down are one patch', () => {
  expect(connectedComponents(mapOf(['#.#.#', '#.#.#', '#####']), 5, 0.5).map(({ pixels }) => pixels)).toEqual([11]);
});

test('an empty map has none, a full one has one', () => {
  expect(connectedComponents(new Float32Array(12), 4, 0.3)).toEqual([]);
  expect(connectedComponents(new Float32Array(12).fill(1), 4, 0.3).map(({ pixels }) => pixels)).toEqual([12]);
});

test('the patches are those that a flood fill finds', () => {
  const width = 9;
  fc.assert(
    fc.property(fc.array(fc.boolean(), { minLength: width * 9, maxLength: width * 9 }), (cells) => {
      const map = Float32Array.from(cells.map(Number));
      const found = connectedComponents(map, width, 0.5).map(({ pixels }) => pixels);
      expect(found.sort(byNumber)).toEqual(floodSizes(cells, width).sort(byNumber));
    }),
  );
});

function floodSizes(cells: readonly boolean[], width: number): number[] {
  const left = new Set(cells.flatMap((cell, index) => (cell ? [index] : [])));
  const sizes: number[] = [];
  for (const start of left) {
    let size = 0;
    const queue = [start];
    left.delete(start);
    for (let at = queue.pop(); at !== undefined; at = queue.pop()) {
      size += 1;
      for (const next of left) {
        const near = Math.abs((next % width) - (at % width)) <= 1;
        if (near && Math.abs(Math.floor(next / width) - Math.floor(at / width)) <= 1) {
          left.delete(next);
          queue.push(next);
        }
      }
    }
    sizes.push(size);
  }
  return sizes;
}

function byNumber(a: number, b: number): number {
  return a - b;
}
