import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { temporaryFolder } from '@docusnap/testing';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { startCrew } from '../contender/crew.ts';
import type { Floor, PageFile, Reading, Task } from '../contender/messages.ts';
import type { Program } from '../contender/process.ts';
import { ourEngine } from '../ours.ts';
import { score } from '../score.ts';

const SAMPLE = new URL('../../../../deploy/embedded/sample/', import.meta.url);
const truth = readFileSync(new URL('invoice.txt', SAMPLE), 'utf8').split('\n');

let folder: Awaited<ReturnType<typeof temporaryFolder>>;
let page: PageFile;

beforeAll(async () => {
  folder = await temporaryFolder('peers');
  const image = fileURLToPath(new URL('invoice.jpg', SAMPLE));
  page = (await ask(ourEngine('accurate', 1), {
    kind: 'decode',
    image,
    turn: 0,
    path: join(folder.path, 'page.tif'),
  })) as PageFile;
});
afterAll(() => folder.remove());

async function ask(program: Program, task: Task) {
  const crew = await startCrew(program, 1);
  try {
    const [result] = await crew.share([task], (process, one) => process.ask(one));
    if (result === undefined || result instanceof Error) throw result;
    return result;
  } finally {
    await crew.stop();
  }
}

const peer = (file: string): Program => ({ script: new URL(`./${file}`, import.meta.url), args: ['1'] });

// Below these a peer is not run as it should be: with another alphabet or other weights it reads next to nothing.
test.each([
  ['our engine', ourEngine('accurate', 1), 0.95],
  ['ppu-paddle-ocr', peer('ppu.ts'), 0.9],
  ['@gutenye/ocr-node', peer('gutenye.ts'), 0.9],
])('%s reads the shipped sample from its pixels, and its inference is seen', async (_, program, least) => {
  const { lines, ms, inferenceMs } = (await ask(program, { kind: 'read', page })) as Reading;
  const said = lines.map(({ text }) => text);
  expect(score([{ name: 'sample', truth, said }], { ignoreCase: false }).total.pairF1).toBeGreaterThan(least);
  expect(inferenceMs).toBeGreaterThan(ms / 2);
  expect(inferenceMs).toBeLessThan(ms);
});

test('the bare inference of a page can be run again', async () => {
  const { ms, readingMs } = (await ask(ourEngine('accurate', 1), { kind: 'floor', page })) as Floor;
  expect(ms).toBeGreaterThan(10);
  expect(readingMs).toBeGreaterThan(10);
});
