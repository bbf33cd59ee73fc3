import { type Figure, figure, median } from '../report.ts';
import type { OcrStart } from './ocr-start.ts';

/** From spawn to the first page, at the median: milliseconds. */
export const TARGET_MS = 3_000;

/** What a kind of start took; where its time went is told of the default alone. */
export function figuresOf(name: string, starts: readonly OcrStart[], { isDefault }: { isDefault: boolean }): Figure[] {
  const of = (pick: (start: OcrStart) => number): readonly [number, readonly number[]] => {
    const samples = starts.map(pick);
    return [median(samples), samples];
  };
  const target = isDefault ? { atMost: TARGET_MS } : null;
  const whole = [
    figure(`${name}: spawn to first page`, 'ms', ...of(({ toFirstPage }) => toFirstPage), target),
    figure(`${name}: processor until then`, 'ms', ...of(({ processorMs }) => processorMs)),
  ];
  if (!isDefault) return whole;
  const stepNames = [...new Set(starts.flatMap(({ steps }) => Object.keys(steps)))];
  const readerNames = [...new Set(starts.flatMap(({ reader }) => Object.keys(reader)))];
  return [
    ...whole,
    ...stepNames.map((step) => figure(`  main process: ${step}`, 'ms', ...of(({ steps }) => steps[step] ?? 0))),
    ...readerNames.map((step) =>
      figure(`    its first reader: ${step}`, 'ms', ...of(({ reader }) => reader[step] ?? 0)),
    ),
    figure('  from ready to the first page', 'ms', ...of((start) => start.toFirstPage - sum(start.steps))),
    figure('    reading it', 'ms', ...of(({ page }) => page)),
  ];
}

export function openingFigures(
  openings: readonly { readonly prepared: number; readonly optimised: number }[],
): Figure[] {
  const [prepared, optimised] = [openings.map((one) => one.prepared), openings.map((one) => one.optimised)];
  return [
    figure('processor of opening three sessions, prepared models', 'ms', median(prepared), prepared),
    figure('processor of opening three sessions, optimised by onnxruntime', 'ms', median(optimised), optimised),
  ];
}

const sum = (times: Readonly<Record<string, number>>): number =>
  Object.values(times).reduce((total, milliseconds) => total + milliseconds, 0);
