import { parseArgs } from 'node:util';
import { type Figure, figure, report } from './report.ts';
import { type DrawnPage, drawPages } from './soak/drawn-pages.ts';
import { peakFigures, slopeFigures } from './soak/figures.ts';
import { findProcess } from './soak/resident.ts';
import { runPages } from './soak/run-pages.ts';
import { type Look, watchMemory } from './soak/watch.ts';
import { startSystem } from './system.ts';
import { runCommand, wholeNumber } from './usage.ts';

/**
 * What the ocr service (its main process and its readers) keeps in memory while it reads thousands of drawn pages of mixed sizes.
 *
 * Readers are replaced after some hundred pages, which would hide whatever they leak in a saw-tooth. So the run comes in two parts: in the long one no
 * reader is ever replaced, and the slope is that of processes which live all through it; in the short one readers are replaced over and over,
 * two of them at times living side by side, and only the peak counts.
 */

const USAGE = 'npm run bench:soak -- [--pages 5000] [--readers 2] [--json FILE]';
const OCR_SCRIPT = 'services/ocr/src/main.ts';

/** Drawn pages in one pass. */
const COLLECTION = 100;
const SEED = 20_240_317;

/** Pages of the part with replacements, as a share of the long part, and after how many pages a reader is replaced there. */
const REPLACING_SHARE = 0.1;
const REPLACE_AFTER = 50;

interface Part {
  readonly pages: number;
  readonly readers: number;
  /** Pages after which a reader is replaced. */
  readonly readerPages: number;
}

async function runPart(collection: readonly DrawnPage[], { pages, readers, readerPages }: Part) {
  const system = await startSystem({
    OCR_READERS: String(readers),
    READER_MAX_PAGES: String(readerPages),
    // Without Redis, which not every machine has.
    REDIS_URL: '',
  });
  const watch = watchMemory(findProcess(system.pid, OCR_SCRIPT));
  const started = performance.now();
  try {
    const onPage = (done: number) => {
      watch.done(done);
      if (done % COLLECTION === 0) console.error(`${done} of ${pages} pages`);
    };
    await runPages(system, collection, { pages, readers, onPage });
    return { looks: watch.end(), seconds: (performance.now() - started) / 1_000 };
  } catch (error) {
    watch.end();
    throw error;
  } finally {
    await system.stop();
  }
}

function countFigure(of: string, pages: number, seconds: number): Figure {
  return figure(`${of}: throughput of ${pages} pages`, 'pages/s', pages / seconds, [seconds]);
}

function mostProcesses(of: string, looks: readonly Look[]): Figure {
  const processes = looks.map((look) => look.processes);
  return figure(`${of}: processes at one time`, '', Math.max(...new Set(processes)), processes);
}

async function main(): Promise<0 | 1> {
  const { values } = parseArgs({
    options: {
      pages: { type: 'string', default: '5000' },
      readers: { type: 'string', default: '2' },
      json: { type: 'string' },
    },
  });
  const [pages, readers] = [wholeNumber('pages', values.pages), wholeNumber('readers', values.readers)];
  const collection = await drawPages(COLLECTION, SEED);
  const long = await runPart(collection, { pages, readers, readerPages: pages + 1 });
  const short = { pages: Math.ceil(pages * REPLACING_SHARE), readers, readerPages: REPLACE_AFTER };
  const replacing = await runPart(collection, short);
  return report(
    [
      ...peakFigures('no reader replaced', long.looks),
      ...slopeFigures('no reader replaced', long.looks, COLLECTION),
      mostProcesses('no reader replaced', long.looks),
      countFigure('no reader replaced', pages, long.seconds),
      ...peakFigures(`readers replaced after ${REPLACE_AFTER} pages`, replacing.looks),
      mostProcesses(`readers replaced after ${REPLACE_AFTER} pages`, replacing.looks),
    ],
    values.json,
  );
}

process.exitCode = await runCommand(USAGE, main);
