import { useSignal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import uPlot from 'uplot';
import 'uplot/dist/uPlot.min.css';
import { theme } from '../frame/theme.ts';
import { figure } from '../words/figures.ts';
import { language, languageTag } from '../words/language.ts';

export interface Series {
  readonly name: string;
  /** Custom property of its colour. */
  readonly colour: string;
  readonly values: readonly (number | null)[];
}

const HEIGHT = 150;
/** The least time that lines are shown over: one look alone would have none. */
const LEAST_SECONDS = 60;
/** Below so many seconds minutes alone would tell too little. */
const SHORT_SECONDS = 240;
const DAY_SECONDS = 86_400;
/** Room for the name of a time, and for the figures at the side. */
const TICK_PIXELS = 70;
const SIDE_PIXELS = 56;
/** Of the browser, since canvases have no style sheet. */
const FONT = '12px system-ui, sans-serif';

/** Lines, or bars, over time. What it shows is said in words too, for who cannot see it. */
export default function Chart({
  label,
  times,
  series,
  bars = false,
}: {
  readonly label: string;
  /** Seconds since 1970. */
  readonly times: readonly number[];
  readonly series: readonly Series[];
  readonly bars?: boolean;
}) {
  const place = useRef<HTMLDivElement>(null);
  const plot = useRef<uPlot>(undefined);
  const turned = useSignal(0);
  useEffect(() => {
    const dark = matchMedia('(prefers-color-scheme: dark)');
    const turn = () => {
      turned.value += 1;
    };
    dark.addEventListener('change', turn);
    return () => dark.removeEventListener('change', turn);
  }, []);
  const shape = series.map(({ name, colour }) => `${name}${colour}`).join();
  useEffect(() => {
    const root = place.current;
    if (root === null) return;
    plot.current = new uPlot(optionsFor(root, series, bars), dataOf(times, series), root);
    const watcher = new ResizeObserver(() => plot.current?.setSize({ width: root.clientWidth, height: HEIGHT }));
    watcher.observe(root);
    return () => {
      watcher.disconnect();
      plot.current?.destroy();
    };
  }, [theme.value, language.value, turned.value, shape, bars]);
  useEffect(() => plot.current?.setData(dataOf(times, series)), [times, series]);
  return <div class="chart" ref={place} role="img" aria-label={label} />;
}

function dataOf(times: readonly number[], series: readonly Series[]): uPlot.AlignedData {
  return [[...times], ...series.map(({ values }) => [...values])] as uPlot.AlignedData;
}

function optionsFor(root: HTMLElement, series: readonly Series[], bars: boolean): uPlot.Options {
  const style = getComputedStyle(root);
  const colour = (name: string): string => colourOf(root, style.getPropertyValue(name));
  const [ink, line] = [colour('--ink-soft'), colour('--line')];
  const axis = { stroke: ink, font: FONT, grid: { stroke: line, width: 1 }, ticks: { stroke: line, width: 1 } };
  const day = new Intl.DateTimeFormat(languageTag(), { month: 'short', day: 'numeric', timeZone: 'UTC' });
  const time = (within: readonly number[]): Intl.DateTimeFormat => {
    const isShort = (within.at(-1) ?? 0) - (within[0] ?? 0) < SHORT_SECONDS;
    return new Intl.DateTimeFormat(languageTag(), {
      hour: 'numeric',
      minute: '2-digit',
      ...(isShort && { second: '2-digit' }),
      hourCycle: 'h23',
    });
  };
  return {
    width: root.clientWidth,
    height: HEIGHT,
    legend: { show: false },
    cursor: { show: false },
    scales: {
      x: { range: bars ? daysOf : lookedAt },
      y: { range: (_plot, _least, most) => [0, Math.max(1, (most ?? 0) * 1.1)] },
    },
    axes: [
      {
        ...axis,
        space: TICK_PIXELS,
        values: (_plot, ticks) => ticks.map((at) => (bars ? day : time(ticks)).format(at * 1_000)),
        ...(bars && { splits: someDays }),
      },
      {
        ...axis,
        size: SIDE_PIXELS,
        values: (_plot, ticks) => ticks.map((value) => figure(value, { notation: 'compact' })),
      },
    ],
    series: [
      {},
      ...series.map(({ name, colour: property }) => ({
        label: name,
        stroke: colour(property),
        width: bars ? 0 : 2,
        ...(bars && { fill: colour(property), paths: uPlot.paths.bars!({ size: [0.7, 40] }) }),
        points: { show: (plot: uPlot) => plot.data[0].length < 3 },
      })),
    ],
  };
}

/** The plot's own way shows a day after a single look. */
function lookedAt({ data: [times] }: uPlot): [number, number] {
  const last = times.at(-1) ?? 0;
  return [Math.min(times[0] ?? 0, last - LEAST_SECONDS), last];
}

/** Whole days, so that no bar is cut. */
function daysOf({ data: [times] }: uPlot): [number, number] {
  return [(times[0] ?? 0) - DAY_SECONDS / 2, (times.at(-1) ?? 0) + DAY_SECONDS / 2];
}

/** As many days as there is room to name, today among them. */
function someDays({ data: [times], width }: uPlot): number[] {
  const step = Math.ceil(times.length / Math.max(1, Math.floor((width - SIDE_PIXELS) / TICK_PIXELS)));
  return [...times].filter((_, at) => (times.length - 1 - at) % step === 0);
}

/** A canvas knows no light-dark(): the browser is asked what it comes to here. */
function colourOf(root: HTMLElement, value: string): string {
  const probe = root.appendChild(document.createElement('i'));
  probe.style.color = value;
  const { color } = getComputedStyle(probe);
  probe.remove();
  return color;
}
