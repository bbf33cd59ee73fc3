import { type Figure, figure } from '../report.ts';
import { startFeeding } from './feeding.ts';
import { type QueueKind, startInstallation } from './installation.ts';
import { openPagesLog } from './pages-log.ts';
import { scaleFigures } from './scale-figures.ts';
import { measureThroughput, type Throughput, warmUp } from './throughput.ts';

export interface ScaleSetting {
  readonly queue: QueueKind;
  readonly readers: number;
  readonly holdMs: number;
  /** Of each window. */
  readonly seconds: number;
  readonly search: boolean;
}

/** The hold that the targets are meant for. */
const TARGET_HOLD_MS = 500;
const MOST_GATEWAYS = 4;
const READERS_A_GATEWAY = 16;
/** Share of the ideal by which the smallest hold is found. */
const ENOUGH = 0.9;
const LONGEST_HOLD_MS = 4_000;
/** Below that a timer is no longer exact to some percent. */
const SHORTEST_HOLD_MS = 15;
/** Windows after the first two that lie on either side of it: each halves the factor between them. */
const REFINEMENTS = 2;

/** Pages a second with 1, 2, 4, ... readers; each process is started once and stays. */
export async function measureScale(setting: ScaleSetting, say: (words: string) => void): Promise<Figure[]> {
  const { queue, readers, holdMs, seconds } = setting;
  const log = openPagesLog();
  const crashes: string[] = [];
  const installation = await startInstallation({
    queue,
    readers: 'held',
    onLine: log.hear,
    onCrash: (words) => crashes.push(words),
  });
  try {
    installation.setPace({ holdMs, lines: 0 });
    await installation.grow({ gateways: 1, ocrs: 1 });
    const feeding = startFeeding(installation, log);
    const measure = async (ms: number): Promise<Throughput> => {
      const shown = await measureThroughput(installation, { feeding, log, holdMs: ms, seconds });
      say(
        `${shown.readers} readers held ${ms} ms a page: ${shown.rate.toFixed(1)} pages/s, ${(shown.efficiency * 100).toFixed(1)} % of the ideal`,
      );
      return shown;
    };
    const figures: Figure[] = [];
    try {
      let last: Throughput | undefined;
      for (const count of countsUpTo(readers)) {
        const gateways = Math.min(MOST_GATEWAYS, Math.max(1, Math.floor(count / READERS_A_GATEWAY)));
        await installation.grow({ gateways, ocrs: count });
        await warmUp(installation, { feeding, log });
        last = await measure(holdMs);
        figures.push(...scaleFigures(last, { atTarget: holdMs === TARGET_HOLD_MS }));
      }
      if (setting.search && last) figures.push(await smallestHold(last, measure));
    } finally {
      feeding.close();
    }
    figures.push(figure('units that did not end well', 'units', log.troubles.length, [], { atMost: 0 }));
    figures.push(figure('processes that ended by themselves', 'processes', crashes.length, [], { atMost: 0 }));
    for (const words of [...log.troubles.slice(0, 3), ...crashes.slice(0, 3)]) say(words);
    return figures;
  } finally {
    await installation.close();
  }
}

function countsUpTo(most: number): number[] {
  const counts: number[] = [];
  for (let count = 1; count < most; count *= 2) counts.push(count);
  return [...counts, most];
}

/** The hold is doubled or halved until one lies on either side, and then sought between them. */
async function smallestHold(first: Throughput, measure: (holdMs: number) => Promise<Throughput>): Promise<Figure> {
  const seen: Throughput[] = [first];
  const isEnough = async (holdMs: number): Promise<boolean> => {
    const shown = await measure(holdMs);
    seen.push(shown);
    return shown.efficiency >= ENOUGH;
  };
  let [enough, tooLittle] = first.efficiency >= ENOUGH ? [first.holdMs, 0] : [0, first.holdMs];
  while (enough === 0 && tooLittle < LONGEST_HOLD_MS) {
    if (await isEnough(tooLittle * 2)) enough = tooLittle * 2;
    else tooLittle *= 2;
  }
  while (tooLittle === 0 && enough > SHORTEST_HOLD_MS) {
    if (await isEnough(enough / 2)) enough /= 2;
    else tooLittle = enough / 2;
  }
  for (let round = 0; round < REFINEMENTS && enough > 0 && tooLittle > 0; round += 1) {
    const between = Math.round(Math.sqrt(enough * tooLittle));
    if (await isEnough(between)) enough = between;
    else tooLittle = between;
  }
  const name = `${first.readers} readers: smallest hold that gives ${ENOUGH * 100} % of the ideal`;
  return figure(
    name,
    'ms',
    enough === 0 ? Number.POSITIVE_INFINITY : enough,
    seen.map(({ efficiency }) => efficiency),
  );
}
