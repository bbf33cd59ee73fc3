import type { Point } from '@docusnap/contracts';
import type { Raster } from '../raster.ts';

const WIDTH = 640;
const HEIGHT = 320;
const WHITE = 245;
const INK = 30;

/** A sheet to draw on. Right and bottom edges are exclusive. */
export interface Paper {
  readonly page: Raster;
  fill(left: number, top: number, right: number, bottom: number): Paper;
  erase(left: number, top: number, right: number, bottom: number): Paper;
  frame(left: number, top: number, right: number, bottom: number, thickness: number): Paper;
  square(left: number, top: number, side: number): Paper;
  stroke(x0: number, y0: number, x1: number, y1: number, thickness: number): Paper;
  ring(x: number, y: number, radius: number): Paper;
  disc(x: number, y: number, radius: number): Paper;
  /** The sheet turned clockwise, and where its points lie then. */
  turned(quarters: number): { page: Raster; turn: (point: [number, number]) => [number, number] };
}

export function blankPaper(): Paper {
  const data = new Uint8Array(WIDTH * HEIGHT).fill(WHITE);
  const page: Raster = { width: WIDTH, height: HEIGHT, channels: 1, data };
  const paint = (level: number, isInside: (x: number, y: number) => boolean): Paper => {
    for (let y = 0; y < HEIGHT; y += 1) {
      for (let x = 0; x < WIDTH; x += 1) if (isInside(x + 0.5, y + 0.5)) data[y * WIDTH + x] = level;
    }
    return paper;
  };
  const rectangle = (level: number, left: number, top: number, right: number, bottom: number) =>
    paint(level, (x, y) => x >= left && x < right && y >= top && y < bottom);
  const paper: Paper = {
    page,
    fill: (...sides) => rectangle(INK, ...sides),
    erase: (...sides) => rectangle(WHITE, ...sides),
    frame: (left, top, right, bottom, t) =>
      paint(INK, (x, y) => {
        const isOn = x >= left && x < right && y >= top && y < bottom;
        return isOn && (x < left + t || x >= right - t || y < top + t || y >= bottom - t);
      }),
    square: (left, top, side) => paper.frame(left, top, left + side, top + side, 2),
    stroke: (x0, y0, x1, y1, thickness) => {
      const [dx, dy] = [x1 - x0, y1 - y0];
      return paint(INK, (x, y) => {
        const at = Math.max(0, Math.min(1, ((x - x0) * dx + (y - y0) * dy) / (dx * dx + dy * dy)));
        return Math.hypot(x - x0 - at * dx, y - y0 - at * dy) <= thickness / 2;
      });
    },
    ring: (cx, cy, radius) => paint(INK, (x, y) => Math.abs(Math.hypot(x - cx, y - cy) - radius + 1) <= 1),
    disc: (cx, cy, radius) => paint(INK, (x, y) => Math.hypot(x - cx, y - cy) <= radius),
    turned(quarters) {
      const [width, height] = quarters % 2 === 0 ? [WIDTH, HEIGHT] : [HEIGHT, WIDTH];
      const turn = ([x, y]: Point): Point => {
        if (quarters === 1) return [HEIGHT - y, x];
        return quarters === 2 ? [WIDTH - x, HEIGHT - y] : [y, WIDTH - x];
      };
      const turnedData = new Uint8Array(data.length);
      for (let y = 0; y < HEIGHT; y += 1) {
        for (let x = 0; x < WIDTH; x += 1) {
          const [u, v] = turn([x + 0.5, y + 0.5]);
          turnedData[Math.floor(v) * width + Math.floor(u)] = data[y * WIDTH + x]!;
        }
      }
      return { page: { width, height, channels: 1, data: turnedData }, turn };
    },
  };
  return paper;
}
