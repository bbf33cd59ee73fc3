import type { Rectangle } from '../geometry/rectangle.ts';

/**
 * How far each side moves out to undo the shrinking that the detector was trained with (DBNet: text is marked by its
 * polygon, moved inwards): `ratio` times area over perimeter. For a rectangle that offset is exact without any polygon library.
 */
export function unclipDistance({ width, height }: Rectangle, ratio: number): number {
  return (ratio * width * height) / (2 * (width + height));
}
