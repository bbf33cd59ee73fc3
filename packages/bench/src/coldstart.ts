import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { submit } from './client.ts';
import { figuresOf, openingFigures } from './coldstart/figures.ts';
import { type Kind, prepareKinds, starterOn } from './coldstart/kinds.ts';
import type { OcrStart } from './coldstart/ocr-start.ts';
import { openStage } from './coldstart/stage.ts';
import { type Figure, report } from './report.ts';
import { runCommand, wholeNumber } from './usage.ts';

/**
 * How long it takes from the spawn of an ocr service to its first page being saved, while that page waits: real models, a real gateway and
 * PostgreSQL, the queue in PostgreSQL. With what earlier starts leave, and without, in turn.
 */

const USAGE = 'npm run bench:coldstart -- [--starts 7] [--readers N] [--json FILE]';
const SAMPLE = new URL('../../../deploy/embedded/sample/invoice.jpg', import.meta.url);

async function measure(starts: number, readers: number | undefined): Promise<Figure[]> {
  const stage = await openStage();
  try {
    const sample = readFileSync(SAMPLE);
    const submitPage = async () => void (await submit(stage.client, 'invoice.jpg', sample, { cache: false }));
    const start = starterOn(stage, submitPage, readers);
    const { kinds, opening } = await prepareKinds(stage, start);
    const found = new Map<Kind, OcrStart[]>(kinds.map((kind) => [kind, []]));
    const openings = [];
    for (let round = 0; round < starts; round += 1) {
      for (const [kind, of] of found) of.push(await start(kind.environment(round)));
      openings.push(await opening());
      console.error(`coldstart: ${round + 1} of ${starts} rounds`);
    }
    const figures = [...found].flatMap(([kind, of], place) => figuresOf(kind.name, of, { isDefault: place === 0 }));
    return [...figures, ...openingFigures(openings)];
  } finally {
    await stage.close();
  }
}

async function main(): Promise<0 | 1> {
  const { values } = parseArgs({
    options: {
      starts: { type: 'string', default: '7' },
      readers: { type: 'string' },
      json: { type: 'string' },
    },
  });
  const readers = values.readers === undefined ? undefined : wholeNumber('readers', values.readers);
  return report(await measure(wholeNumber('starts', values.starts), readers), values.json);
}

process.exitCode = await runCommand(USAGE, main);
