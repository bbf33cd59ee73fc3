import type { ServiceLine } from '../chaos/service.ts';

/** When each process ended its pages, from their logs: as of Date.now. */
export interface PagesLog {
  hear(line: ServiceLine): void;
  /** Pages read since the beginning. */
  count(): number;
  /** Units that did not end well. */
  readonly troubles: readonly string[];
  /** By process. */
  endsOf(service: string): readonly number[];
}

interface Ended {
  readonly msg: string;
  readonly kind?: string;
  readonly outcome?: string;
  readonly time: string;
}

export function openPagesLog(): PagesLog {
  const ends = new Map<string, number[]>();
  const troubles: string[] = [];
  let count = 0;
  return {
    hear({ service, text }) {
      if (!text.includes('"msg":"unit ended"')) return;
      const line = JSON.parse(text) as Ended;
      if (line.outcome !== 'done') troubles.push(text);
      if (line.outcome !== 'done' || line.kind !== 'read') return;
      count += 1;
      const of = ends.get(service) ?? [];
      ends.set(service, of);
      of.push(Date.parse(line.time));
    },
    count: () => count,
    troubles,
    endsOf: (service) => ends.get(service) ?? [],
  };
}

/**
 * Pages a second of one process: whole rounds between the first end within the window and the first behind it, since a window holds
 * some rounds and a part of one. One that has stood still since counts up to `now`.
 */
export function rateOf(
  ends: readonly number[],
  window: { readonly from: number; readonly to: number },
  now: number,
): number {
  const within = ends.filter((at) => at >= window.from && at < window.to);
  const next = ends.find((at) => at >= window.to);
  const [first] = within;
  if (first === undefined) return 0;
  return (within.length - (next === undefined ? 1 : 0)) / (((next ?? now) - first) / 1_000);
}
