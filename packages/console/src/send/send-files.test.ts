import { expect, test } from '@jest/globals';
import { optionsOf, USUAL } from './send-files.ts';

test('only what is not usual is asked for', () => {
  expect(optionsOf(USUAL, 3)).toEqual({});
  const all = {
    setting: 'fast',
    pages: ' 1-3 ',
    password: 'x',
    apart: true,
    barcodes: true,
    pdfText: 'never',
    anew: true,
  } as const;
  expect(optionsOf(all, 2)).toEqual({
    setting: 'fast',
    pages: '1-3',
    password: 'x',
    split: true,
    barcodes: true,
    pdf: { text: 'never' },
    cache: false,
  });
  // One file is one document in any case.
  expect(optionsOf(all, 1)).not.toHaveProperty('split');
});
