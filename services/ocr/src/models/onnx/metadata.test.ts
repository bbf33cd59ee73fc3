import { expect, test } from '@jest/globals';
import { withMetadata } from '../../rehearsal/twin-set.ts';
import { readModelFile } from '../files.ts';
import { findModelSet } from '../registry.ts';
import { readMetadata } from './metadata.ts';

test('the metadata of a model are read, and nothing else of it', async () => {
  const model = await readModelFile(findModelSet().files.orientation);
  expect(readMetadata(model)).toEqual(new Map());
  const marked = withMetadata(withMetadata(model, 'character', 'a\nß\n字'), 'empty', '');
  expect([...readMetadata(marked)]).toEqual([
    ['character', 'a\nß\n字'],
    ['empty', ''],
  ]);
});

test('bytes that are no model are refused', () => {
  expect(() => readMetadata(Buffer.from([0x72, 0xff, 0xff, 0xff, 0x7f]))).toThrow(
    expect.objectContaining({ code: 'models_unavailable' }),
  );
});
