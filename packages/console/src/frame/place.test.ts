import { expect, test } from '@jest/globals';
import { hrefOf, parsePlace } from './place.ts';

test('an address leads to its parts and what it asks, and back', () => {
  const { parts, query } = parsePlace('#/read/a%2Fb?page=3');
  expect([parts, query.get('page')]).toEqual([['read', 'a/b'], '3']);
  expect(hrefOf(['read', 'a/b'], { page: '3', none: undefined })).toBe('#/read/a%2Fb?page=3');
  expect(parsePlace('').parts).toEqual([]);
  // Somebody has typed it.
  expect(parsePlace('#/read/%E0%').parts).toEqual(['read', '%E0%']);
});
