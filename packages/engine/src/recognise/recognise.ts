import type { Line } from '@docusnap/contracts';
import { heightOf, lengthOf, type Region, stretchOf } from '../geometry/region.ts';
import { mapInFlight } from '../in-flight.ts';
import type { Models, Tensor } from '../models.ts';
import type { Candidate } from '../orient/orient.ts';
import type { Raster } from '../raster.ts';
import { runModel, runModelOnce } from '../run-model.ts';
import type { Effort } from '../settings.ts';
import { placeInColumn } from '../stacked/place.ts';
import { columnInput } from '../stacked/prepare.ts';
import { aspectFor, inTurns, type Witness, witnessOf } from './aspect.ts';
import { settleCapitals } from './capitals.ts';
import { isCrowded } from './crowded.ts';
import { settleDashes } from './dashes.ts';
import { type Character, decodeSteps } from './decode.ts';
import { fillGaps } from './gaps.ts';
import { isGrainy, soften } from './grain.ts';
import { narrowPunctuation } from './half-width.ts';
import { englishLexicon } from './lexicon.ts';
import type { Posteriors } from './lexicon-search.ts';
import { type Posterior, settleLookalikes, settleShapes } from './lookalikes.ts';
import { settleNought } from './nought.ts';
import { settleParts } from './parts.ts';
import { settlePounds } from './pounds.ts';
import { lineInput, MOST_WIDTH } from './prepare.ts';
import { areCurled, curled, quotesIn } from './quotes.ts';
import { openRoom, type Room } from './room.ts';
import { splitWords } from './spaces.ts';
import { settleSpelling } from './spelling.ts';
import { confidenceOf, lineOf } from './words.ts';

/** Lines read with less than this are pictures, stamps and dirt more often than print (PP-OCR: drop_score). */
const LEAST_CONFIDENCE = 0.5;
/** For a digit that stands alone (a cell of a table): "0" seldom gets more than 0.5: of 16 read with less, 14 were right. */
const LEAST_DIGIT_CONFIDENCE = 0.2;
const LONE_DIGIT = /^\d$/;

/** A line that was read so surely one way, lying or as a column of upright letters, is not read the other way too. */
const SURELY_READ = 0.9;
/**
 * A line whose letters stand too close (see `isCrowded`) and which was read unsurely is read once more, so much wider and at least in its own shape; the
 * surer reading counts.
 */
const WIDER = 1.5;
/**
 * A line on dots (see `isGrainy`) that was read unsurely is read once more from a blurred picture, which counts where it is read so surely: blurring
 * makes some letters out of dirt.
 */
const LEAST_SOFTENED = 0.85;
/** Scripts that are written in columns of upright letters. */
const UPRIGHT = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}]/u;
const LETTER = /\p{L}/u;

/** So many lines tell the script of a page and how wide its letters are: see `inTurns`. */
const SAMPLE = { least: 3, most: 5 };
/**
 * Room at both ends of a line of Han characters, in line heights: their full stops stand so far behind the last character that the detector leaves
 * them out (pair F1 of screens .974 > .976, of documents .949 > .950). In Latin print it takes in the neighbours (.937 > .929 word F1 of letters).
 */
const END_ROOM = 0.1;

export interface Recognising extends Pick<Effort, 'steps' | 'sure'> {
  /** Lines that are read at once. */
  readonly lanes: number;
}

/** What the lines of a lane are read from and with. */
interface Desk {
  readonly room: Room;
  readonly models: Models;
  readonly page: Raster;
  readonly effort: Pick<Effort, 'steps' | 'sure'>;
  /** What lines that were read before told. */
  readonly witnesses: readonly Witness[];
}

/** A line, and what it is where its page curls its quotation marks. */
interface Reading extends Line {
  /** Whether its letters stand too close to be read at this width, and it could be wider. */
  readonly crowded?: boolean;
  /** Whether it stands on dots. */
  readonly grainy?: boolean;
  /** What it tells of lines that are read after it. */
  readonly witness?: Witness | undefined;
  readonly marks?: { readonly leans: readonly number[]; readonly curled: Line };
}

/** The candidates that hold text, as lines with their words and where they stand. */
export async function recognise(
  models: Models,
  page: Raster,
  candidates: readonly Candidate[],
  { lanes, ...effort }: Recognising,
): Promise<Line[]> {
  const rooms = Array.from({ length: Math.max(1, lanes) }, openRoom);
  const readings: (Reading | undefined)[] = [];
  for (const turn of inTurns(
    candidates.map(({ ways }) => ways[0]!),
    SAMPLE,
  )) {
    const witnesses = readings.flatMap((reading) => reading?.witness ?? []);
    const some = turn.map((index) => candidates[index]!);
    const read = await mapInFlight(isUpright(readings) ? some.map(withEnds) : some, lanes, (candidate, lane) =>
      readBest({ models, page, effort, witnesses, room: rooms[lane]! }, candidate),
    );
    for (const [place, index] of turn.entries()) readings[index] = read[place];
  }
  const print = readings.flatMap((line) => (line !== undefined && isPrint(line) ? [line] : []));
  const isCurled = areCurled(print.flatMap(({ marks }) => marks?.leans ?? []));
  return print.map(({ marks, text, quad, confidence, words }) =>
    isCurled && marks ? marks.curled : { text, quad, confidence, words },
  );
}

/** Whether most characters are in a script that may be written in columns of upright letters. */
function isUpright(lines: readonly (Line | undefined)[]): boolean {
  const letters = [...lines.map((line) => line?.text ?? '').join('')].filter((letter) => LETTER.test(letter));
  return letters.filter((letter) => UPRIGHT.test(letter)).length * 2 > letters.length;
}

/** A line read along, with more room at its ends. */
function withEnds(candidate: Candidate): Candidate {
  const ways = candidate.ways.map((way) => {
    const room = (END_ROOM * heightOf(way)) / Math.max(1, lengthOf(way));
    return stretchOf(way, -room, 1 + room);
  });
  return { ...candidate, ways };
}

function isPrint({ text, confidence }: Line): boolean {
  return confidence >= (LONE_DIGIT.test(text) ? LEAST_DIGIT_CONFIDENCE : LEAST_CONFIDENCE);
}

/** The most confident reading; undefined where no way shows any character. */
async function readBest(desk: Desk, candidate: Candidate): Promise<Reading | undefined> {
  const { ways, column, columnFirst = false } = candidate;
  if (column === undefined) {
    return readLying(desk, ways);
  }
  const first = columnFirst ? await readColumn(desk, column) : await readLying(desk, ways);
  if (first !== undefined && first.confidence >= SURELY_READ) {
    return first;
  }
  const second = columnFirst ? await readLying(desk, ways) : await readColumn(desk, column);
  return (second?.confidence ?? 0) > (first?.confidence ?? 0) ? second : first;
}

async function readLying(desk: Desk, ways: readonly Region[]): Promise<Reading | undefined> {
  let best: Reading | undefined;
  let bestWay: Region | undefined;
  for (const region of ways) {
    const line = await readAlong(desk, region);
    if (line !== undefined && line.confidence > (best?.confidence ?? 0)) {
      best = line;
      bestWay = region;
    }
  }
  if (bestWay === undefined || best === undefined || best.confidence >= desk.effort.sure) return best;
  if (best.crowded) best = surer(best, await readAlong(desk, bestWay, 'wider'));
  if (best.grainy) best = surer(best, await readAlong(desk, bestWay, 'softened'), LEAST_SOFTENED);
  return best;
}

function surer(first: Reading, second: Reading | undefined, least = 0): Reading {
  return second !== undefined && second.confidence > Math.max(least, first.confidence) ? second : first;
}

/** @param again how it is read a second time: wider than lines of its height are, or from a blurred picture */
async function readAlong(desk: Desk, region: Region, again?: 'wider' | 'softened'): Promise<Reading | undefined> {
  const { models, page, effort, witnesses, room } = desk;
  const [height, length] = [heightOf(region), lengthOf(region)];
  const usual = aspectFor(region, witnesses, effort.steps);
  const aspect = again === 'wider' ? Math.max(1, WIDER * usual) : usual;
  const picture = lineInput(page, region, aspect, room.take);
  if (again === 'softened') soften(picture);
  return runModel(models.recognition, picture, (output) => {
    const reading = { output, alphabet: models.alphabet };
    const seen = charactersIn(reading);
    if (seen.length === 0) return undefined;
    const steps = output.dims[1]!;
    const [, , rows, columns] = picture.dims as [number, number, number, number];
    // At its greatest width it would be the same picture again.
    const crowded = columns < MOST_WIDTH && isCrowded(seen, reading);
    // Only what was read unsurely may be read again.
    const grainy = confidenceOf(seen) < effort.sure && isGrainy(picture);
    // The model has done with the picture, whose memory may be drawn into; marks and capitals show what they are in the line's own shape.
    const draw = (): Tensor => lineInput(page, region, 1, room.take);
    const characters = settleCapitals(seen, { posterior: posteriorOf(reading), draw, steps });
    const line = lineOf(region, steps, wordsOf(characters, reading));
    // A very long line's picture is narrower than was asked for.
    const drawn = { height, aspect: (columns * height) / (rows * Math.max(1, length)), confidence: line.confidence };
    const read = { ...line, crowded, grainy, witness: witnessOf(characters, drawn, effort.steps) };
    const quotes = quotesIn(characters, draw, steps);
    if (quotes.length === 0) return read;
    const leans = quotes.flatMap((quote) => quote.leans);
    return { ...read, marks: { leans, curled: lineOf(region, steps, wordsOf(curled(characters, quotes), reading)) } };
  });
}

/** A column of upright letters; undefined where most of it is not in a script that is written so: slices of anything look like some letter. */
async function readColumn({ models, page }: Desk, region: Region): Promise<Line | undefined> {
  const { input, cuts } = columnInput(page, region);
  return runModelOnce(models.recognition, input, (output) => {
    const reading = { output, alphabet: models.alphabet };
    const words = wordsOf(charactersIn(reading), reading);
    const characters = words.flat();
    if (characters.filter(({ text }) => UPRIGHT.test(text)).length * 2 <= characters.length) {
      return undefined;
    }
    const steps = output.dims[1]!;
    return lineOf(
      region,
      steps,
      words.map((word) => placeInColumn(word, cuts, steps)),
    );
  });
}

/** The characters in a recogniser's output, from best path to settled forms; parting and spelling need them all. */
function charactersIn(reading: Posteriors): Character[] {
  const characters = settleNought(fillGaps(decodeSteps(reading.output, reading.alphabet), reading), reading);
  return narrowPunctuation(settleDashes(characters, posteriorOf(reading)));
}

function wordsOf(characters: readonly Character[], reading: Posteriors): Character[][] {
  const posterior = posteriorOf(reading);
  const words = splitWords(characters).map((word) => settleLookalikes(settleShapes(word, posterior), posterior));
  const parts = settleParts(words, englishLexicon);
  // A line that is no print costs the most to spell, and is dropped.
  const spelt = confidenceOf(parts.flat()) < LEAST_CONFIDENCE ? parts : settleSpelling(parts, reading, englishLexicon);
  return settlePounds(spelt, reading.alphabet);
}

function posteriorOf({ output, alphabet }: Posteriors): Posterior {
  const classes = alphabet.length;
  return ({ firstStep, lastStep }, text) => {
    const index = alphabet.indexOf(text);
    let highest = 0;
    for (let step = firstStep; index >= 0 && step <= lastStep; step += 1) {
      highest = Math.max(highest, output.data[step * classes + index]!);
    }
    return highest;
  };
}
