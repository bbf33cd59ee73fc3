import { readFile } from 'node:fs/promises';
import { expect, test } from '@jest/globals';
import { withoutAdvice } from '../../../packages/contracts/src/index.ts';
import { generatedFiles } from './generate.ts';

test('types and error page are those of the present schemas and table; npm run generate:client makes them anew', async () => {
  const files = generatedFiles();
  expect(files.size).toBe(3);
  for (const [path, text] of files) expect(await readFile(path, 'utf8')).toBe(text);
});

test('of every error its line says what happened and what to do', () => {
  expect(withoutAdvice()).toEqual([]);
});
