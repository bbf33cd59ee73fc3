import { createHash } from 'node:crypto';
import { expect, test } from '@jest/globals';
import { TEST_LIMITS } from '../test-gateway.ts';
import { png } from '../test-pictures.ts';
import { openWitness } from './intake.ts';

async function* once(bytes: Buffer): AsyncGenerator<Buffer> {
  yield bytes;
}

test('a witness knows files by what they hold, and addresses without asking there', async () => {
  const picture = png();
  const witness = openWitness(TEST_LIMITS);
  await witness.take('a\0.png', once(picture));
  expect(witness.foresees('b.png', 'https://files.example/b.png')).toBe(true);
  expect(witness.foresees(undefined, 'https://files.example/c.png')).toBe(true);
  expect(witness.seen).toEqual([
    { name: 'a.png', sha256: createHash('sha256').update(picture).digest('hex') },
    { name: 'b.png', url: 'https://files.example/b.png' },
    { url: 'https://files.example/c.png' },
  ]);
});

test('a refusal says which file it is of', async () => {
  const witness = openWitness(TEST_LIMITS);
  await witness.take('a.png', once(png()));
  await expect(witness.take('b.txt', once(Buffer.from('text')))).rejects.toThrow(/ It is file 2, "b\.txt"\.$/);
  await expect(witness.take(undefined, once(png({ bytes: 300_001 })))).rejects.toThrow(
    /The limit is 300000 bytes\. It is file 2\.$/,
  );
});

test('a witness refuses what an intake refuses', async () => {
  await expect(openWitness(TEST_LIMITS).take('a', once(Buffer.from('text')))).rejects.toMatchObject({
    code: 'file_type_unsupported',
  });
});
