import { randomBytes } from 'node:crypto';
import { expect, test } from '@jest/globals';
import { decodeBase64 } from './base64.ts';

async function decode(text: string): Promise<Buffer> {
  const pieces: Buffer[] = [];
  for await (const piece of decodeBase64(text, 'files.0.content')) pieces.push(piece);
  return Buffer.concat(pieces);
}

test.each([0, 1, 2, 3, 4, 196_607, 196_608, 196_609, 600_000])('%i bytes come back as they were', async (length) => {
  const bytes = randomBytes(length);
  expect((await decode(bytes.toString('base64'))).equals(bytes)).toBe(true);
});

test.each(['YQ', 'YQ=', 'YQ===', 'YQ=a', '=', 'Y Q=', 'YQ\n=', 'a-_b', 'data:image/png;base64,YQ==', 'YW=hYg=='])(
  '%j is refused, with the name of what it is',
  async (text) => {
    await expect(decode(text)).rejects.toMatchObject({
      code: 'bad_request',
      message: expect.stringContaining('files.0.content'),
    });
  },
);
