import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { attributes, decimal, escapeXml, xmlComment } from './xml.ts';

test('numbers are written with at most two digits after the point, as numbers are', () => {
  fc.assert(
    fc.property(fc.double({ min: -1e6, max: 1e6, noNaN: true }), (value) => {
      expect(decimal(value)).toMatch(/^-?\d+(\.\d?[1-9])?$/);
      expect(Math.abs(Number(decimal(value)) - value)).toBeLessThanOrEqual(0.005_001);
    }),
  );
  expect([0, -0, -0.001, 0.05, -1.5, 12, 99.999].map(decimal)).toEqual(['0', '0', '0', '0.05', '-1.5', '12', '100']);
});

test('no text leaves an attribute or a comment it stands in', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      expect(escapeXml(text)).not.toMatch(/[<>"']|&(?!(amp|lt|gt|quot|#39);)/);
      expect(xmlComment(text).slice(4, -3)).not.toMatch(/--|-$/);
    }),
  );
  expect(attributes({ a: 1, b: undefined, c: 'x"y' })).toBe(' a="1" c="x&quot;y"');
});
