import type { PageText, ReadSetting } from '@docusnap/contracts';
import { arrange } from './arrange/arrange.ts';
import { findLines } from './detect/find-lines.ts';
import { findFurniture } from './furniture/furniture.ts';
import type { Models } from './models.ts';
import { orient } from './orient/orient.ts';
import { prepare } from './prepare/prepare.ts';
import { checkRaster, type Raster } from './raster.ts';
import { recognise } from './recognise/recognise.ts';
import { release } from './release.ts';
import { findRulings } from './rulings/rulings.ts';
import { EFFORTS, FIRST_LOOK_PIXELS } from './settings.ts';
import { readPiles } from './stacked/read-piles.ts';
import { angleOf } from './straighten/angle.ts';
import { straighten } from './straighten/straighten.ts';
import { findTables } from './tables/tables.ts';

export type Stage = 'prepare' | 'detect' | 'straighten' | 'orient' | 'recognise' | 'arrange' | 'tables' | 'furniture';

export interface ReadOptions {
  /** Called as each stage ends, so that callers can time it: this package has no clock. */
  readonly onStage?: (stage: Stage) => void;
  /** Lines that are read at once; more than 1 helps only with a recogniser whose runs overlap. The text is the same. */
  readonly lanes?: number;
  /** `accurate` unless given. */
  readonly setting?: ReadSetting;
}

/**
 * Reads one page, upright or turned: pixels in, text out, every quad in the page's own pixels.
 *
 * @throws AppError `internal` when the raster's sizes and bytes, or a model's output, are not what they should be
 */
export async function readPage(models: Models, page: Raster, options: ReadOptions = {}): Promise<PageText> {
  const ended = options.onStage ?? (() => {});
  checkRaster(page);
  const effort = EFFORTS[options.setting ?? 'accurate'];
  const first = prepare(page, FIRST_LOOK_PIXELS);
  ended('prepare');
  const found = await findLines(models.detection, page, first, effort);
  ended('detect');
  const { regions, quarter, columns, asked } = await straighten(models, page, found, { first, effort });
  for (const { input } of [first, found.search]) release(input);
  ended('straighten');
  const recognising = { ...effort, lanes: options.lanes ?? 1 };
  const piles = await readPiles(models, page, regions, recognising);
  const candidates = await orient(models.orientation, page, piles.rest, { known: asked, columns });
  ended('orient');
  const lines = [...piles.lines, ...(await recognise(models, page, candidates, recognising))];
  ended('recognise');
  const blocks = arrange(lines);
  ended('arrange');
  const rulings = findRulings(page);
  const tables = findTables(lines, rulings);
  ended('tables');
  const angle = angleOf(lines, quarter);
  const furniture = findFurniture(page, { lines, rulings, angle });
  ended('furniture');
  const { width, height } = page;
  return { width, height, source: 'ocr', angle, blocks, tables, ...furniture, models: models.versions };
}
