import type { Point } from '@docusnap/contracts';
import type { Raster } from '../raster.ts';
import { chainDips } from './chains.ts';
import { joinStrokes, withoutHatching } from './join.ts';
import { type Profile, profilesOf } from './profiles.ts';
import { type Axis, provenStrokes } from './prove.ts';

/** A straight stroke in page pixels, along its middle; horizontal ones run to the right, vertical ones down. */
export interface Stroke {
  readonly from: Point;
  readonly to: Point;
  readonly thickness: number;
}

export interface Rulings {
  readonly horizontal: readonly Stroke[];
  readonly vertical: readonly Stroke[];
}

/**
 * The straight ruling strokes of a page, up to about five degrees off its axes: of ink darker than what lies on both of its sides, solid, dashed or
 * dotted.
 *
 * Pixels are looked at once: means of eight neighbours along an axis show a stroke as a narrow dip, also a light one in the grain of a scan. Dips
 * that go on from mean to mean are chains, and only along these are pixels looked at again, since rows of letters make dips too.
 */
export function findRulings(page: Raster): Rulings {
  const { rows, columns } = profilesOf(page);
  return { horizontal: along('horizontal', rows), vertical: along('vertical', columns) };

  function along(axis: Axis, profile: Profile): Stroke[] {
    return joinStrokes(withoutHatching(provenStrokes(page, chainDips(profile), axis), axis), axis);
  }
}
