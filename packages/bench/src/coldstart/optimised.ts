import { createHash } from 'node:crypto';
import { cp, readdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { InferenceSession } from 'onnxruntime-node';
import { z } from 'zod';

const Entry = z.looseObject({ file: z.string(), sha256: z.string() });
/** What is needed here of the manifest that the ocr service writes beside prepared models. */
const Manifest = z.looseObject({
  sets: z.array(z.looseObject({ files: z.record(z.string(), Entry) })),
});

/** As the service opens its sessions. */
const SESSION: InferenceSession.SessionOptions = {
  executionProviders: ['cpu'],
  intraOpNumThreads: 1,
  interOpNumThreads: 1,
  executionMode: 'sequential',
  enableMemPattern: false,
  logSeverityLevel: 4,
};

/**
 * Copies a folder of kept models, with each model as onnxruntime writes it once it has optimised it (`optimizedModelFilePath`): a start then
 * finds the graph as it is to run. Answers are the same; such a file fits one version of onnxruntime and one kind of processor.
 */
export async function copyOptimised(kept: string, to: string): Promise<void> {
  await cp(kept, to, { recursive: true });
  for (const name of await readdir(to)) await optimiseFolder(join(to, name));
}

async function optimiseFolder(folder: string): Promise<void> {
  const path = join(folder, 'manifest.json');
  const manifest = Manifest.parse(JSON.parse(await readFile(path, 'utf8')));
  for (const { files } of manifest.sets) {
    for (const entry of Object.values(files)) {
      if (entry.file.endsWith('.onnx')) entry.sha256 = await optimiseFile(join(folder, entry.file));
    }
  }
  await writeFile(path, JSON.stringify(manifest));
}

/** In its place; gives the SHA-256 of what it is now. */
async function optimiseFile(path: string): Promise<string> {
  const written = `${path}.optimised`;
  const session = await InferenceSession.create(await readFile(path), { ...SESSION, optimizedModelFilePath: written });
  await session.release();
  await rename(written, path);
  return createHash('sha256')
    .update(await readFile(path))
    .digest('hex');
}

/** Milliseconds of a processor that opening a session of each model of a folder of kept models takes. */
export async function openingMs(kept: string): Promise<number> {
  const names = await readdir(kept, { recursive: true });
  let milliseconds = 0;
  for (const name of names.filter((one) => one.endsWith('.onnx'))) {
    const model = await readFile(join(kept, name));
    const before = process.cpuUsage();
    const session = await InferenceSession.create(model, SESSION);
    const { user, system } = process.cpuUsage(before);
    milliseconds += (user + system) / 1_000;
    await session.release();
  }
  return milliseconds;
}
