import { mkdirSync, writeFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { temporaryFolder } from '@docusnap/testing';
import { type Crew, startCrew } from './contender/crew.ts';
import type { ReadLine } from './contender/messages.ts';
import { ourEngine } from './ours.ts';
import { accuracyFigures } from './pages/figures.ts';
import { type Image, type ImageFolder, listImages } from './pages/images.ts';
import { type Figure, figure, report } from './report.ts';
import { measuresOf, SETS, SETTINGS, TURN_TOLERANCE } from './sets.ts';
import { oneOf, runCommand, UsageError, withNegatives } from './usage.ts';

/** How well our engine reads a folder of pages. Pages are shared out to as many measuring processes as there are cores. */

const USAGE =
  'npm run bench:accuracy -- --images DIR [--truth DIR] [--out DIR] [--setting accurate|fast] [--set NAME] [--turn 90|180|270|5|-5] [--json FILE]';

/** Degrees clockwise. */
const TURNS = ['90', '180', '270', '5', '-5'] as const;

interface Read {
  readonly image: Image;
  readonly lines: readonly ReadLine[];
  readonly failure: string | null;
}

function parse() {
  const { values } = parseArgs({
    args: withNegatives(process.argv.slice(2)),
    options: {
      images: { type: 'string' },
      truth: { type: 'string' },
      out: { type: 'string' },
      setting: { type: 'string', default: 'accurate' },
      set: { type: 'string' },
      turn: { type: 'string' },
      json: { type: 'string' },
    },
  });
  const { images, truth, out, set, turn } = values;
  if (images === undefined) throw new UsageError('Expected --images, a folder of pages');
  if (out !== undefined && [images, truth ?? images].some((folder) => resolve(folder) === resolve(out))) {
    throw new UsageError('Expected --out to be another folder than those of the images and their truth');
  }
  return {
    folder: listImages(images, { ...(truth === undefined ? {} : { truth }), ...(set === undefined ? {} : { set }) }),
    setting: oneOf('setting', values.setting, SETTINGS),
    turn: turn === undefined ? 0 : Number(oneOf('turn', turn, TURNS)),
    out,
    json: values.json,
  };
}

/** Decodes, turns and reads every image; decoded pages go as soon as they are read. */
async function readAll(crew: Crew, folder: string, images: readonly Image[], turn: number): Promise<Read[]> {
  const results = await crew.share(images, async (process, { name, path }) => {
    const decoded = join(folder, `${name}.tif`);
    const page = await process.ask({ kind: 'decode', image: path, turn, path: decoded });
    const { lines } = await process.ask({ kind: 'read', page });
    await rm(decoded);
    return lines;
  });
  return images.map((image, index) => {
    const result = results[index]!;
    return result instanceof Error
      ? { image, lines: [], failure: result.message }
      : { image, lines: result, failure: null };
  });
}

/** NAME.json for each image; one that could not be read has no lines. */
function writePredictions(out: string, pages: readonly Read[]): void {
  mkdirSync(out, { recursive: true });
  for (const { image, lines } of pages)
    writeFileSync(join(out, `${image.name}.json`), `${JSON.stringify({ lines })}\n`);
}

/** Pages with truth, as they are scored; truth without an image counts as read empty. */
function scored({ withoutImage }: ImageFolder, pages: readonly Read[]) {
  const read = pages.flatMap(({ image: { name, truth }, lines }) =>
    truth === null ? [] : [{ name, truth, said: lines.map(({ text }) => text) }],
  );
  return [...read, ...withoutImage.map((page) => ({ ...page, said: [] }))];
}

function unread(of: string, pages: readonly Read[]): Figure {
  for (const { image, failure } of pages) {
    if (failure !== null) console.error(`${of}: ${image.name} could not be read and counts as empty: ${failure}`);
  }
  const failed = pages.filter(({ failure }) => failure !== null).length;
  return figure(`${of}: pages that could not be read`, '', failed, [failed], { atMost: 0 });
}

async function main(): Promise<0 | 1> {
  const { folder, setting, turn, out, json } = parse();
  for (const { name } of folder.withoutImage) console.error(`${name} has truth and no image: it counts as empty`);
  const temporary = await temporaryFolder('bench');
  const crew = await startCrew(ourEngine(setting, 1), availableParallelism()).catch(async (error: unknown) => {
    await temporary.remove();
    throw error;
  });
  try {
    const upright = await readAll(crew, temporary.path, folder.images, 0);
    const turned = turn === 0 ? null : await readAll(crew, temporary.path, folder.images, turn);
    if (out !== undefined) writePredictions(out, turned ?? upright);
    return report(figuresOf(folder, { setting, upright, turned, turn }), json);
  } finally {
    await crew.stop();
    await temporary.remove();
  }
}

/** Upright pages are held to the targets of their set; turned ones to what the upright ones of the same run reached. */
function figuresOf(
  folder: ImageFolder,
  read: { setting: (typeof SETTINGS)[number]; upright: readonly Read[]; turned: readonly Read[] | null; turn: number },
): Figure[] {
  const { setting, upright, turned, turn } = read;
  const set = SETS[folder.set];
  const pages = scored(folder, upright);
  if (pages.length === 0) console.error('No truth lies beside the images: they were read and not scored.');
  const goal = turned === null ? (set?.accuracy[setting] ?? {}) : {};
  const figures = [
    unread(setting, upright),
    ...(pages.length === 0 ? [] : accuracyFigures(pages, { of: setting, set, target: goal })),
  ];
  if (turned === null) return figures;
  const reached = (measure: string) => figures.find(({ name }) => name === `${setting}: ${measure}`)?.value ?? 0;
  const of = `${setting}, turned by ${turn}`;
  const target = Object.fromEntries(measuresOf(set).map((measure) => [measure, reached(measure) - TURN_TOLERANCE]));
  return [
    ...figures,
    unread(of, turned),
    ...(pages.length === 0 ? [] : accuracyFigures(scored(folder, turned), { of, set, target })),
  ];
}

process.exitCode = await runCommand(USAGE, main);
