import { type Crew, startCrew } from '../contender/crew.ts';
import type { PageFile, ReadLine } from '../contender/messages.ts';
import { ContenderGone, type ContenderProcess } from '../contender/process.ts';
import type { Image } from '../pages/images.ts';
import type { Entrant } from './contenders.ts';
import { longestFirst, standIns } from './schedule.ts';

export interface DecodedImage {
  readonly image: Image;
  readonly page: PageFile;
}

/** What one contender showed in one round. */
export interface Turn {
  /** In the order of the pages; null = could not be read. */
  readonly lines: readonly (readonly ReadLine[] | null)[];
  /** By the time that the busiest process spent on reading; 0 when no page could be read. */
  readonly pagesPerSecond: number;
  /** Milliseconds of each page read alone, those that could be read. */
  readonly aloneMs: readonly number[];
  /** Milliseconds of inference of each page, one thread; null where it cannot be seen. */
  readonly inferenceMs: readonly number[] | null;
  /** Bytes over all processes; null without /proc. */
  readonly peakRss: number | null;
  /** Time of all pages over that of their bare inference, each measured soon after its page; null for peers. */
  readonly overFloor: number | null;
}

/** The turns of a round by the contenders' names. */
export type Round = ReadonlyMap<string, Turn>;

export async function runRound(
  contenders: readonly Entrant[],
  pages: readonly DecodedImage[],
  { cores, first }: { cores: number; first: number },
): Promise<Round> {
  const order = [...contenders.slice(first), ...contenders.slice(0, first)];
  const turns = new Map<string, Turn>();
  for (const contender of order) turns.set(contender.name, await runTurn(contender, pages, cores));
  return turns;
}

async function runTurn(contender: Entrant, pages: readonly DecodedImage[], cores: number): Promise<Turn> {
  const shared = await readShared(contender, pages, cores);
  return { ...shared, aloneMs: await readAlone(contender, pages) };
}

/** All pages over all cores; then, for ours, what reading takes beside its bare inference, in the same processes. */
async function readShared(contender: Entrant, pages: readonly DecodedImage[], cores: number) {
  return withCrew(contender, contender.oneCore, cores, async (crew) => {
    const order = longestFirst(await rehearse(crew, pages));
    const busy = new Map<ContenderProcess, number>();
    const shared = await crew.share(order, async (process, index) => {
      const reading = await process.ask({ kind: 'read', page: pages[index]!.page });
      busy.set(process, (busy.get(process) ?? 0) + reading.ms);
      return reading;
    });
    const results = pages.map((_, index) => shared[order.indexOf(index)]!);
    // Without the bringing of pixels into memory, which costs some contenders a conversion that is not theirs.
    const ms = Math.max(...busy.values());
    // Before the floor is measured, which keeps the tensors of a whole page.
    const peakRss = crew.peakRss();
    const lines = results.map((result, index) => {
      if (!(result instanceof Error)) return result.lines;
      console.error(
        `${contender.name}: ${pages[index]?.image.name} could not be read and counts as empty: ${result.message}`,
      );
      return null;
    });
    const inference = results.flatMap((result) =>
      result instanceof Error || result.inferenceMs === null ? [] : [result.inferenceMs],
    );
    const read = pages.filter((_, index) => lines[index] !== null);
    return {
      lines,
      peakRss,
      pagesPerSecond: read.length === 0 ? 0 : (pages.length * 1000) / ms,
      inferenceMs: inference.length > 0 ? inference : null,
      overFloor: contender.setting === null || read.length === 0 ? null : await timeOverFloor(crew, read),
    };
  });
}

/**
 * Of each page the reading and soon after the bare inference, in processes that run side by side as they did before; so a machine that slows down slows both.
 */
async function timeOverFloor(crew: Crew, pages: readonly DecodedImage[]): Promise<number> {
  const floors = await crew.share(pages, (process, { page }) => process.ask({ kind: 'floor', page }));
  let [reading, bare] = [0, 0];
  for (const floor of floors) {
    if (floor instanceof Error) throw floor;
    reading += floor.readingMs;
    bare += floor.ms;
  }
  return reading / bare;
}

/** One page after the other, in one process, with nothing else running. */
async function readAlone(contender: Entrant, pages: readonly DecodedImage[]): Promise<number[]> {
  return withCrew(contender, contender.alone, 1, async (crew) => {
    await rehearse(crew, pages);
    const results = await crew.share(pages, (process, { page }) => process.ask({ kind: 'read', page }));
    return results.flatMap((result) => (result instanceof Error ? [] : [result.ms]));
  });
}

/**
 * Each process reads some pages first, from the largest to the smallest, so that nobody is charged for starting threads and compiling code, which goes on for
 * dozens of pages. Failures are told when pages count.
 *
 * @returns milliseconds of each page; where it was not to be read, what one of about its size took, and infinitely many where that could not be read
 */
async function rehearse(crew: Crew, pages: readonly DecodedImage[]): Promise<readonly number[]> {
  const stands = standIns(pages.length);
  const took = new Map<number, number>();
  await crew.each(async (process) => {
    for (const index of new Set(stands)) {
      const reading = await process.ask({ kind: 'read', page: pages[index]!.page }).catch(unlessGone);
      if (reading) took.set(index, reading.ms);
    }
  });
  return stands.map((stand) => took.get(stand) ?? Number.POSITIVE_INFINITY);
}

function unlessGone(error: unknown): undefined {
  if (error instanceof ContenderGone) throw error;
}

async function withCrew<R>(
  { name }: Entrant,
  program: Entrant['alone'],
  size: number,
  work: (crew: Crew) => Promise<R>,
): Promise<R> {
  const crew = await startCrew(program, size).catch((cause: unknown) => {
    throw new Error(`${name} cannot be started`, { cause });
  });
  try {
    return await work(crew);
  } finally {
    await crew.stop();
  }
}
