import type { DrawnFigure } from './draw-page.ts';

/** How boxes are ticked. */
export const MARKS = ['x', 'tick', 'filled', 'scribble', 'long tick', 'slash', 'dot', 'square'] as const;
export type Mark = (typeof MARKS)[number];

/** The box that is ticked: its top left corner and the length of its sides, in pixels. */
interface Box {
  readonly x: number;
  readonly y: number;
  readonly side: number;
  readonly form: 'square' | 'ring';
}

/** A mark in a box, drawn by a hand that is never quite the same. */
export function drawMark(mark: Mark, { x, y, side, form }: Box, random: () => number): DrawnFigure[] {
  const level = 15 + Math.round(random() * 70);
  const thickness = Math.max(1.2, side * (0.06 + random() * 0.08));
  const about = (part: number) => (part + (random() - 0.5) * 0.1) * side;
  const at = (u: number, v: number) => `${(x + about(u)).toFixed(2)} ${(y + about(v)).toFixed(2)}`;
  const stroke = (path: string): DrawnFigure => ({ path, outline: { thickness, level } });
  switch (mark) {
    case 'x':
      return [stroke(`M${at(0.2, 0.2)}L${at(0.8, 0.8)}M${at(0.8, 0.2)}L${at(0.2, 0.8)}`)];
    case 'tick':
      return [stroke(`M${at(0.22, 0.5)}L${at(0.42, 0.75)}L${at(0.8, 0.22)}`)];
    case 'long tick':
      return [stroke(`M${at(0.15, 0.45)}L${at(0.42, 0.8)}L${at(1.2, -0.3)}`)];
    case 'slash':
      return [stroke(`M${at(0.2, 0.85)}L${at(0.85, 0.15)}`)];
    case 'scribble':
      return [
        stroke(`M${at(0.15, 0.3)}L${at(0.8, 0.2)}L${at(0.2, 0.5)}L${at(0.85, 0.45)}L${at(0.2, 0.75)}L${at(0.8, 0.7)}`),
      ];
    case 'dot':
      return [{ path: disc(x + side / 2, y + side / 2, side * 0.27), fill: level }];
    case 'square':
      return [{ path: `M${x + side * 0.25} ${y + side * 0.25}h${side / 2}v${side / 2}h${-side / 2}Z`, fill: level }];
    case 'filled':
      return form === 'ring'
        ? [{ path: disc(x + side / 2, y + side / 2, side / 2), fill: level }]
        : [{ path: `M${x} ${y}h${side}v${side}h${-side}Z`, fill: level }];
  }
}

function disc(x: number, y: number, r: number): string {
  return `M${x - r} ${y}a${r} ${r} 0 1 1 ${2 * r} 0a${r} ${r} 0 1 1 ${-2 * r} 0Z`;
}
