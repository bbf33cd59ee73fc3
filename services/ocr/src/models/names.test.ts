import { expect, test } from '@jest/globals';
import { ModelSetNames } from './names.ts';

test('sets are named apart by commas, each counts once, and without any the default is meant', () => {
  expect(ModelSetNames.parse('pp-ocrv5-mobile, pp-ocrv4-mobile,pp-ocrv5-mobile')).toEqual([
    'pp-ocrv5-mobile',
    'pp-ocrv4-mobile',
  ]);
  expect(ModelSetNames.parse(undefined)).toEqual(['pp-ocrv4-mobile']);
});

test.each(['', 'a,,b', 'PP-OCRv4', 'a/b', 'a b'])('"%s" names no sets', (text) => {
  expect(ModelSetNames.safeParse(text).success).toBe(false);
});
