/**
 * Takes the drawn pages through the stages and stores what each gives: `node services/ocr/src/stages/main.ts`. To be run again when a stage was
 * changed on purpose; the diff of recorded.json then shows what the change did.
 */
import { writeFile } from 'node:fs/promises';
import { loadModels } from '../models/load.ts';
import { drawnPages } from './pages.ts';
import { walk } from './walk.ts';

const { models } = await loadModels({ precision: 'float32' });
const recorded = new Map<string, unknown>();
for (const [name, page] of await drawnPages()) recorded.set(name, (await walk(models, page)).digests);
// A line for each step, so that diffs are of steps.
const steps = (digests: object) =>
  Object.entries(digests).map((entry) => `    ${entry.map((part) => JSON.stringify(part)).join(': ')}`);
const pages = [...recorded].map(
  ([name, digests]) => `  ${JSON.stringify(name)}: {\n${steps(digests as object).join(',\n')}\n  }`,
);
await writeFile(new URL('./fixtures/recorded.json', import.meta.url), `{\n${pages.join(',\n')}\n}\n`);
process.stdout.write(`${recorded.size} pages are on record\n`);
