import type { Line } from '@docusnap/contracts';
import { skewOf } from '../arrange/placed.ts';
import type { Quarter } from './view.ts';

const DEGREES = 180 / Math.PI;

/**
 * How far the print is turned clockwise on the page as delivered, in degrees from 0 to below 360, to a tenth: its quarter turn, and the
 * skew of most of its lines. Columns of upright letters run down a page that is not turned, so the quarter does not follow from the lines.
 */
export function angleOf(lines: readonly Line[], quarter: Quarter): number {
  const degrees = skewOf(lines) * DEGREES;
  const skew = degrees - 90 * Math.round(degrees / 90);
  return (Math.round((90 * quarter + skew) * 10 + 3600) % 3600) / 10;
}
