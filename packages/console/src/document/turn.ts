/** How a page is shown: turned clockwise by quarters, and set upright by the angle of its print. */

export interface View {
  /** Of the page in its own pixels. */
  readonly width: number;
  readonly height: number;
  /** Degrees by which the picture is turned clockwise. */
  readonly turn: number;
}

/** The smallest skew, in degrees, that a person sees in a line across a page. */
const SEEN_SKEW = 0.3;
/** From here on somebody has turned the page, in degrees. */
const MOST_SKEW = 15;

/** Whether the print of a page stands other than upright. */
export function isTurned(angle: number | undefined): boolean {
  return angle !== undefined && Math.min(angle, 360 - angle) >= SEEN_SKEW;
}

/** Whether it was only a little askew, as scans are. */
export function isSkewed(angle: number | undefined): boolean {
  return isTurned(angle) && Math.min(angle as number, 360 - (angle as number)) < MOST_SKEW;
}

/** Degrees to turn a page clockwise: so that its print stands upright where asked, and by the person's own quarters. */
export function turnOf(
  angle: number | undefined,
  { straight, quarters }: { readonly straight: boolean; readonly quarters: number },
): number {
  const own = straight && isTurned(angle) ? -(angle as number) : 0;
  return (((own + quarters * 90) % 360) + 360) % 360;
}

/** Width and height that the turned page takes. */
export function extentOf({ width, height, turn }: View): { readonly width: number; readonly height: number } {
  const radians = (turn * Math.PI) / 180;
  const [sin, cos] = [Math.abs(Math.sin(radians)), Math.abs(Math.cos(radians))];
  return { width: width * cos + height * sin, height: width * sin + height * cos };
}

/** For SVG: turns the page about its middle, and puts that into the middle of its extent. */
export function transformOf(view: View): string {
  const extent = extentOf(view);
  const shift = `translate(${(extent.width - view.width) / 2} ${(extent.height - view.height) / 2})`;
  return view.turn === 0 ? shift : `${shift} rotate(${view.turn} ${view.width / 2} ${view.height / 2})`;
}

/** Where a point of the turned picture (in units of its extent) lies on the page. */
export function fromShown([x, y]: readonly [number, number], view: View): [number, number] {
  const extent = extentOf(view);
  const radians = (-view.turn * Math.PI) / 180;
  const [fromX, fromY] = [x - extent.width / 2, y - extent.height / 2];
  return [
    fromX * Math.cos(radians) - fromY * Math.sin(radians) + view.width / 2,
    fromX * Math.sin(radians) + fromY * Math.cos(radians) + view.height / 2,
  ];
}

/** Where a point of the page lies in the turned picture, as shares of its extent. */
export function toShown([x, y]: readonly [number, number], view: View): [number, number] {
  const extent = extentOf(view);
  const radians = (view.turn * Math.PI) / 180;
  const [fromX, fromY] = [x - view.width / 2, y - view.height / 2];
  return [
    (fromX * Math.cos(radians) - fromY * Math.sin(radians)) / extent.width + 0.5,
    (fromX * Math.sin(radians) + fromY * Math.cos(radians)) / extent.height + 0.5,
  ];
}
