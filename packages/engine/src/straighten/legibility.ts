import { heightOf, lengthOf, type Region, stretchOf } from '../geometry/region.ts';
import type { Models, Tensor } from '../models.ts';
import type { Raster } from '../raster.ts';
import { decodeSteps } from '../recognise/decode.ts';
import { lineInput } from '../recognise/prepare.ts';
import { runModelOnce } from '../run-model.ts';
import { columnInput } from '../stacked/prepare.ts';

/** So much of a line, in line heights, tells which way it reads; the rest would cost more and say the same. */
const TELLING_LENGTH = 12;

/**
 * How surely lines are read, 0..1: the median over the lines of their characters' mean probability; 0 for a line without any. Not the mean: on a
 * turned page the detector cuts some lines lengthwise, and two such among five hid a receipt that read well.
 */
export async function legibility(models: Models, page: Raster, lines: readonly Region[]): Promise<number> {
  return median(models, lines, (line) => lineInput(page, line));
}

/** The same, of lines that run down with their letters upright, one below the other. */
export async function columnLegibility(models: Models, page: Raster, lines: readonly Region[]): Promise<number> {
  return median(models, lines, (line) => columnInput(page, line).input);
}

async function median(models: Models, lines: readonly Region[], inputOf: (line: Region) => Tensor): Promise<number> {
  const all: number[] = [];
  for (const line of lines) {
    const part = Math.min(1, (TELLING_LENGTH * heightOf(line)) / lengthOf(line));
    const input = inputOf(stretchOf(line, (1 - part) / 2, (1 + part) / 2));
    const characters = await runModelOnce(models.recognition, input, (output) => decodeSteps(output, models.alphabet));
    all.push(characters.reduce((total, { probability }) => total + probability, 0) / Math.max(1, characters.length));
  }
  all.sort((a, b) => a - b);
  return ((all[(all.length - 1) >> 1] ?? 0) + (all[all.length >> 1] ?? 0)) / 2;
}
