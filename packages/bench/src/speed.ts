import { availableParallelism } from 'node:os';
import { parseArgs } from 'node:util';
import { temporaryFolder } from '@docusnap/testing';
import { startCrew } from './contender/crew.ts';
import type { PageFile } from './contender/messages.ts';
import { ourEngine } from './ours.ts';
import { type Image, listImages } from './pages/images.ts';
import { report } from './report.ts';
import { SETS } from './sets.ts';
import { chooseContenders } from './speed/contenders.ts';
import { speedFigures } from './speed/figures.ts';
import { type DecodedImage, type Round, runRound } from './speed/round.ts';
import { runCommand, UsageError, wholeNumber } from './usage.ts';

/**
 * Our engine in both settings, the npm peers and Tesseract, in turn, on the same decoded pixels, with the same weights (Tesseract has its
 * own). Rounds begin with another contender each time, so that a machine that slows down slows all of them, and ratios are taken within a round.
 */

const USAGE = 'npm run bench:speed -- --images DIR [--truth DIR] [--set NAME] [--rounds N] [--json FILE]';

function parse() {
  const { values } = parseArgs({
    options: {
      images: { type: 'string' },
      truth: { type: 'string' },
      set: { type: 'string' },
      rounds: { type: 'string', default: '3' },
      json: { type: 'string' },
    },
  });
  const { images, truth, set, rounds, json } = values;
  if (images === undefined) throw new UsageError('Expected --images, a folder of pages');
  return {
    folder: listImages(images, { ...(truth === undefined ? {} : { truth }), ...(set === undefined ? {} : { set }) }),
    rounds: wholeNumber('rounds', rounds),
    json,
  };
}

/** Every image as a file of pixels, the largest first. */
async function decodeAll(images: readonly Image[], into: string): Promise<DecodedImage[]> {
  const crew = await startCrew(ourEngine('accurate', 1), 1);
  try {
    const pages = await crew.share(images, (process, { path }) =>
      process.ask({
        kind: 'decode',
        image: path,
        turn: 0,
        path: `${into}/${images.findIndex((i) => i.path === path)}.tif`,
      }),
    );
    return images
      .flatMap((image, index) => {
        const page = pages[index] as PageFile | Error;
        if (!(page instanceof Error)) return [{ image, page }];
        console.error(`${image.name} cannot be decoded and is left out of every contender's figures: ${page.message}`);
        return [];
      })
      .sort((a, b) => b.page.width * b.page.height - a.page.width * a.page.height);
  } finally {
    await crew.stop();
  }
}

async function main(): Promise<0 | 1> {
  const { folder, rounds, json } = parse();
  const set = SETS[folder.set];
  const cores = availableParallelism();
  const contenders = chooseContenders(cores, set);
  const temporary = await temporaryFolder('bench');
  try {
    const pages = await decodeAll(folder.images, temporary.path);
    if (pages.length === 0) throw new UsageError('None of the images can be decoded');
    const measured: Round[] = [];
    for (let number = 0; number < rounds; number++) {
      console.error(`round ${number + 1} of ${rounds}: ${pages.length} pages, ${cores} cores`);
      measured.push(await runRound(contenders, pages, { cores, first: number % contenders.length }));
    }
    return report(speedFigures(measured, { contenders, pages, set }), json);
  } finally {
    await temporary.remove();
  }
}

process.exitCode = await runCommand(USAGE, main);
