import { type Signal, signal } from '@preact/signals';
import { remember, remembered } from '../frame/remembered.ts';
import type { Place } from './geometry.ts';

/** What may be drawn over a page. */
export const LAYERS = ['lines', 'words', 'tables', 'blanks', 'ticks', 'codes', 'sureness'] as const;
export type Layer = (typeof LAYERS)[number];
const AT_FIRST: readonly Layer[] = ['tables', 'blanks', 'ticks', 'codes'];

/** Sizes of the picture; 1 is as wide as its place. */
export const ZOOMS = [0.5, 0.75, 1, 1.25, 1.5, 2, 3, 4] as const;

/** What is pointed at, by mouse, finger or keyboard. */
export interface Pointed {
  readonly page: number;
  readonly place: Place;
  /** Where the pointer is: the other side comes into view. */
  readonly from: 'picture' | 'text' | 'elsewhere';
}

/** How a document is looked at. */
export interface View {
  readonly layers: Signal<ReadonlySet<Layer>>;
  readonly zoom: Signal<number>;
  readonly pointed: Signal<Pointed | null>;
  readonly wanted: Signal<string>;
  /** Position among the hits, from 0. */
  readonly hit: Signal<number>;
  /** Whether the present hit is still to be brought into view: once, and not whenever its page comes near again. */
  readonly leads: Signal<boolean>;
}

/** `layers`: what is drawn over the page at first, in place of what was chosen last. */
export function openView(layers: Iterable<Layer> = keptLayers()): View {
  return {
    layers: signal(new Set(layers)),
    zoom: signal(1),
    pointed: signal(null),
    wanted: signal(''),
    hit: signal(0),
    leads: signal(false),
  };
}

function keptLayers(): ReadonlySet<Layer> {
  const kept = remembered('layers');
  return new Set(kept === null ? AT_FIRST : LAYERS.filter((layer) => kept.split(' ').includes(layer)));
}

export function switchLayer({ layers }: View, layer: Layer, shown: boolean): void {
  const next = new Set(layers.value);
  if (shown) next.add(layer);
  else next.delete(layer);
  layers.value = next;
  remember('layers', [...next].join(' '));
}

export function zoomBy({ zoom }: View, steps: number): void {
  const at = ZOOMS.findIndex((one) => one >= zoom.value);
  zoom.value = ZOOMS[Math.min(ZOOMS.length - 1, Math.max(0, at + steps))] ?? 1;
}
