import { randomBytes } from 'node:crypto';
import { expect, test } from '@jest/globals';
import { openSignatureProof, signCall } from './signature.ts';

const SECRET = randomBytes(32).toString('hex');
const signed = ({ seconds }: { seconds: number }) => {
  const nonce = randomBytes(12).toString('base64url');
  return signCall(SECRET, {
    method: 'POST',
    path: '/v1/read',
    type: 'image/png',
    nonce,
    body: Buffer.from('{}'),
    seconds,
  });
};

test('a signed request is refused again for as long as its time would be accepted, and then its nonce is forgotten', () => {
  let seconds = 1_000_000;
  const proof = openSignatureProof([SECRET], { nowSeconds: () => seconds });
  const ask = (headers: Record<string, string>) => () =>
    proof(
      Object.assign(Object.create({ method: 'POST', url: '/v1/read', once: () => undefined, pipe: () => undefined }), {
        headers,
      }),
    );
  const early = signed({ seconds: seconds + 60 });
  ask(early)();
  for (let later = 0; later <= 120; later += 5) {
    seconds = 1_000_000 + later;
    expect(ask(early)).toThrow('used before');
    ask(signed({ seconds }))();
  }
  seconds += 1;
  expect(ask(early)).toThrow('seconds off');
});
