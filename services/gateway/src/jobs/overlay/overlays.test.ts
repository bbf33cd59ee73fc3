import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { createDeflate } from 'node:zlib';
import type { Leaf } from '@docusnap/formats';
import { makePdf } from '@docusnap/testing';
import { expect, test } from '@jest/globals';
import { openOverlays, type StoredPdf } from './overlays.ts';

const MIB = 1024 * 1024;
const asked = { tenantId: 'a', signal: new AbortController().signal };

async function* none(): AsyncGenerator<Leaf> {}

function stored(bytes: Buffer): StoredPdf {
  const open = async function* (): AsyncGenerator<Uint8Array> {
    for (let at = 0; at < bytes.length; at += 1_000) yield bytes.subarray(at, at + 1_000);
  };
  return { bytes: bytes.length, open };
}

/** A PDF with a stream of objects that unpacks to so many bytes. */
async function bomb(count: number): Promise<Buffer> {
  const pieces = Array.from({ length: count / MIB }, () => Buffer.alloc(MIB, 0x20));
  const packed = await buffer(Readable.from(pieces).pipe(createDeflate({ level: 1 })));
  return Buffer.concat([
    Buffer.from(
      '%PDF-1.7\n1 0 obj\n<</Type/Catalog/Pages 2 0 R>>\nendobj\n2 0 obj\n<</Type/Pages/Count 1/Kids[3 0 R]>>\nendobj\n' +
        '3 0 obj\n<</Type/Page/Parent 2 0 R/MediaBox[0 0 100 100]>>\nendobj\n' +
        `4 0 obj\n<</Type/ObjStm/N 1/First 10/Filter/FlateDecode/Length ${packed.length}>>\nstream\n`,
    ),
    packed,
    Buffer.from('\nendstream\nendobj\ntrailer\n<</Root 1 0 R/Size 5>>\nstartxref\n0\n%%EOF\n'),
  ]);
}

test('a PDF that unpacks to more memory than one may take is given up, and its place is free for the next', async () => {
  const overlays = openOverlays({ atOnce: 1, mostBytes: 96 * MIB });
  const file = await bomb(1_024 * MIB);
  expect(file.length).toBeLessThan(8 * MIB);
  await expect(overlays.run(stored(file), none(), asked)).rejects.toMatchObject({ code: 'not_acceptable' });
  const small = makePdf([{ width: 100, height: 100 }]);
  expect((await overlays.run(stored(small), none(), asked)).length).toBeGreaterThan(0);
});

test('one whose bytes cannot be had fails with what kept them, and its place is free for the next', async () => {
  const overlays = openOverlays({ atOnce: 1 });
  const lost = new Error('lost');
  const broken: StoredPdf = {
    bytes: 10,
    open: () => {
      throw lost;
    },
  };
  await expect(overlays.run(broken, none(), asked)).rejects.toBe(lost);
  const small = makePdf([{ width: 100, height: 100 }]);
  expect((await overlays.run(stored(small), none(), asked)).length).toBeGreaterThan(0);
});

test('while one takes long, only so many of a tenant wait for it', async () => {
  const overlays = openOverlays({ atOnce: 1 });
  const gone = new AbortController();
  const endless: StoredPdf = {
    bytes: 10,
    open: async function* () {
      await new Promise((_resolve, reject) => gone.signal.addEventListener('abort', () => reject(gone.signal.reason)));
      yield new Uint8Array(10);
    },
  };
  const waiting = Array.from({ length: 9 }, () => overlays.run(endless, none(), { ...asked, signal: gone.signal }));
  const settled = Promise.allSettled(waiting);
  const small = makePdf([{ width: 100, height: 100 }]);
  await expect(overlays.run(stored(small), none(), asked)).rejects.toMatchObject({ code: 'gateway_busy', status: 503 });
  gone.abort(new Error('gone'));
  for (const one of await settled) expect(one).toMatchObject({ status: 'rejected', reason: gone.signal.reason });
  expect((await overlays.run(stored(small), none(), asked)).length).toBeGreaterThan(0);
});
