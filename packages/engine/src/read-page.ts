import type { PageText } from '@docusnap/contracts';
import { arrange } from './arrange/arrange.ts';
import { detect } from './detect/detect.ts';
import type { Models } from './models.ts';
import { orient } from './orient/orient.ts';
import { prepare } from './prepare/prepare.ts';
import { checkRaster, type Raster } from './raster.ts';
import { recognise } from './recognise/recognise.ts';

export type Stage = 'prepare' | 'detect' | 'orient' | 'recognise' | 'arrange';

export interface ReadOptions {
  /** Called as each stage ends, so that callers can time it: this package has no clock. */
  readonly onStage?: (stage: Stage) => void;
}

/**
 * Reads one upright page: pixels in, text out, every quad in the page's own pixels.
 *
 * @throws AppError `internal` when the raster's sizes and bytes, or a model's output, are not what they should be
 */
export async function readPage(models: Models, page: Raster, options: ReadOptions = {}): Promise<PageText> {
  const ended = options.onStage ?? (() => {});
  checkRaster(page);
  const search = prepare(page);
  ended('prepare');
  const regions = await detect(models.detection, search);
  ended('detect');
  const candidates = await orient(models.orientation, page, regions);
  ended('orient');
  const lines = await recognise(models, page, candidates);
  ended('recognise');
  const blocks = arrange(lines);
  ended('arrange');
  return { width: page.width, height: page.height, source: 'ocr', blocks, models: models.versions };
}
