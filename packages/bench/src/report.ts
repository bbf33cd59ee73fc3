import { writeFileSync } from 'node:fs';

/** One measured figure. `ok` is null where there is no target. */
export interface Figure {
  readonly name: string;
  readonly unit: string;
  readonly value: number;
  /** The bound, and on which side of it the value has to lie; null = printed only. */
  readonly target: { readonly atMost: number } | { readonly atLeast: number } | null;
  readonly ok: boolean | null;
  readonly samples: readonly number[];
}

export function figure(
  name: string,
  unit: string,
  value: number,
  samples: readonly number[],
  target: Figure['target'] = null,
): Figure {
  const ok = target === null ? null : 'atMost' in target ? value <= target.atMost : value >= target.atLeast;
  return { name, unit, value, target, ok, samples };
}

/** The value below which the given share (0..1) of the samples lies, by the nearest-rank method. */
export function percentile(samples: readonly number[], share: number): number {
  if (samples.length === 0) throw new RangeError('Expected at least one sample, got none');
  const sorted = [...samples].sort((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] as number;
}

export const median = (samples: readonly number[]): number => percentile(samples, 0.5);

/** As printed: four digits say more than a measurement knows. */
const short = (value: number): number => Number(value.toPrecision(4));

function describeTarget(target: Figure['target']): string {
  if (target === null) return '-';
  return 'atMost' in target ? `<= ${short(target.atMost)}` : `>= ${short(target.atLeast)}`;
}

/**
 * Prints target and measured value a line, writes the raw samples when a file is named, and returns the exit status: 1 when a
 * target was missed.
 */
export function report(figures: readonly Figure[], jsonFile?: string): 0 | 1 {
  const width = Math.max(...figures.map((f) => f.name.length));
  for (const f of figures) {
    const verdict = f.ok === null ? '' : f.ok ? 'ok' : 'MISSED';
    const value = `${short(f.value)} ${f.unit}`;
    console.log(
      `${f.name.padEnd(width)}  ${value.padStart(14)}  target ${describeTarget(f.target).padEnd(10)} ${verdict}`.trimEnd(),
    );
  }
  if (jsonFile) {
    const rows = figures.map((f) => ({ ...f, target: f.target === null ? null : describeTarget(f.target) }));
    writeFileSync(jsonFile, `${JSON.stringify(rows, null, 1)}\n`);
  }
  return figures.some((f) => f.ok === false) ? 1 : 0;
}
