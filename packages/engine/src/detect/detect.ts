import { AppError } from '@docusnap/contracts';
import type { Region } from '../geometry/region.ts';
import type { Session } from '../models.ts';
import type { Search } from '../prepare/prepare.ts';
import { runModel } from '../run-model.ts';
import { decodeMap } from './decode.ts';

/**
 * Where text stands on the page, line by line, in no useful order.
 *
 * @throws AppError `internal` when the model's map is not as large as its input.
 */
export async function detect(detection: Session, { input, scaleX, scaleY }: Search): Promise<Region[]> {
  const [, , height = 0, width = 0] = input.dims;
  return runModel(detection, input, (map) => {
    if (map.data.length !== width * height) {
      throw new AppError('internal', `Expected a text map of ${width}x${height}, got ${map.dims.join('x')}.`);
    }
    return decodeMap(map.data, width, scaleX, scaleY);
  });
}
