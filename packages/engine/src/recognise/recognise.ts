import type { Line } from '@docusnap/contracts';
import type { Region } from '../geometry/region.ts';
import type { Models, Tensor } from '../models.ts';
import type { Candidate } from '../orient/orient.ts';
import type { Raster } from '../raster.ts';
import { runModel } from '../run-model.ts';
import { type Character, decodeSteps } from './decode.ts';
import { narrowPunctuation } from './half-width.ts';
import { settleLookalikes } from './lookalikes.ts';
import { lineInput } from './prepare.ts';
import { splitWords } from './spaces.ts';
import { lineOf } from './words.ts';

/** Lines read with less than this are pictures, stamps and dirt more often than print (PP-OCR: drop_score). */
const LEAST_CONFIDENCE = 0.5;

/** The candidates that hold text, as lines with their words and where they stand. */
export async function recognise(models: Models, page: Raster, candidates: readonly Candidate[]): Promise<Line[]> {
  const lines: Line[] = [];
  for (const { ways } of candidates) {
    const line = await readBest(models, page, ways);
    if (line !== undefined && line.confidence >= LEAST_CONFIDENCE) {
      lines.push(line);
    }
  }
  return lines;
}

/** The most confident reading; undefined where no way shows any character. */
async function readBest(models: Models, page: Raster, ways: readonly Region[]): Promise<Line | undefined> {
  let best: Line | undefined;
  for (const region of ways) {
    const output = await runModel(models.recognition, lineInput(page, region));
    const words = wordsIn(output, models.alphabet);
    if (words.length > 0) {
      const line = lineOf(region, output.dims[1]!, words);
      best = best === undefined || line.confidence > best.confidence ? line : best;
    }
  }
  return best;
}

/** The words in a recogniser's output, from best path to settled characters. */
function wordsIn(output: Tensor, alphabet: readonly string[]): Character[][] {
  const classes = alphabet.length;
  const posterior = ({ firstStep, lastStep }: Character, text: string) => {
    const index = alphabet.indexOf(text);
    let highest = 0;
    for (let step = firstStep; index >= 0 && step <= lastStep; step += 1) {
      highest = Math.max(highest, output.data[step * classes + index]!);
    }
    return highest;
  };
  return splitWords(narrowPunctuation(decodeSteps(output, alphabet))).map((word) => settleLookalikes(word, posterior));
}
