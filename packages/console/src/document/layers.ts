import type { PageText, Quad } from '@docusnap/contracts';
import { linesOf } from './geometry.ts';
import type { Layer } from './view.ts';

/** Words less sure than this are shaded, each step more than the one before. */
export const UNSURE = [0.95, 0.85, 0.7] as const;

/** How unsure a reading is: 0 is not at all, UNSURE.length the most. */
export function unsureness(confidence: number): number {
  return UNSURE.filter((limit) => confidence < limit).length;
}

/** Regions of a page that are drawn alike: one element each, however many there are. */
export interface Marks {
  readonly kind: string;
  readonly quads: readonly Quad[];
}

export function marksOf(page: PageText, layers: ReadonlySet<Layer>): readonly Marks[] {
  const lines = linesOf(page);
  const words = () => lines.flatMap((line) => line.words);
  const all: readonly [Layer, () => readonly Marks[]][] = [
    [
      'sureness',
      () =>
        UNSURE.map((_, step) => ({
          kind: `unsure-${step + 1}`,
          quads: words()
            .filter((word) => unsureness(word.confidence) === step + 1)
            .map((word) => word.quad),
        })),
    ],
    ['lines', () => [{ kind: 'line', quads: lines.map((line) => line.quad) }]],
    ['words', () => [{ kind: 'word', quads: words().map((word) => word.quad) }]],
    [
      'tables',
      () =>
        (page.tables ?? []).flatMap((table) => [
          { kind: 'cell', quads: table.cells.map((cell) => cell.quad) },
          { kind: 'table', quads: [table.quad] },
        ]),
    ],
    ['blanks', () => [{ kind: 'blank', quads: (page.blanks ?? []).map((blank) => blank.quad) }]],
    [
      'ticks',
      () =>
        [true, false].map((checked) => ({
          kind: checked ? 'tick' : 'box',
          quads: (page.checkboxes ?? []).filter((box) => box.checked === checked).map((box) => box.quad),
        })),
    ],
    ['codes', () => [{ kind: 'code', quads: (page.barcodes ?? []).map((code) => code.quad) }]],
  ];
  return all.flatMap(([layer, marks]) => (layers.has(layer) ? marks().filter(({ quads }) => quads.length > 0) : []));
}

/** How sure the words of a page are, at the mean; null without print. */
export function meanConfidence(page: PageText): number | null {
  const sure = linesOf(page).flatMap((line) => line.words.map((word) => word.confidence));
  return sure.length === 0 ? null : sure.reduce((sum, one) => sum + one, 0) / sure.length;
}
