import { PassThrough } from 'node:stream';
import { expect, test } from '@jest/globals';
import { openPipedBytes } from './piped-bytes.ts';

test('images are taken apart where they end, however the pipe cuts them', async () => {
  const pipe = new PassThrough();
  const piped = openPipedBytes(pipe);
  const first = piped.take(5);
  pipe.write('he');
  pipe.write('llowor');
  expect((await first).toString()).toBe('hello');
  const second = piped.take(5);
  pipe.write('ldnext');
  expect((await second).toString()).toBe('world');
  expect((await piped.take(4)).toString()).toBe('next');
  expect(await piped.take(0)).toHaveLength(0);
});
