import { readFileSync } from 'node:fs';
import { monitorEventLoopDelay } from 'node:perf_hooks';

/** What stood still while a load was asked, and whose fault it was not: milliseconds. */
export interface Stalls {
  /** The longest turn of the loop that asks. What it held up counts as late all the same. */
  readonly load: number;
  /** The longest of the gateway's main loop. */
  readonly gateway: number;
  /** Of the gateway's garbage collection, all together. */
  readonly collecting: number;
  /** Processor time that other virtual machines were given instead of this one. */
  readonly stolen: number;
}

const RESOLUTION_MS = 1;
const TICK_MS = 10;

/** Looks from now until the function that it gives is called. */
export async function watchStalls(metricsUrl: URL): Promise<() => Promise<Stalls>> {
  const loop = monitorEventLoopDelay({ resolution: RESOLUTION_MS });
  // The scrape makes the gateway's own longest begin afresh.
  const before = await scrape(metricsUrl);
  const stolen = stolenMs();
  loop.enable();
  return async () => {
    loop.disable();
    const after = await scrape(metricsUrl);
    return {
      load: Math.max(0, loop.max / 1e6 - RESOLUTION_MS),
      gateway: after.longest,
      collecting: after.collecting - before.collecting,
      stolen: stolenMs() - stolen,
    };
  };
}

async function scrape(url: URL): Promise<{ longest: number; collecting: number }> {
  const text = await (await fetch(url)).text();
  if (!text.includes('\nnodejs_eventloop_lag_max_seconds '))
    throw new Error(`${url} does not say how long turns take.`);
  const sum = (name: string) =>
    [...text.matchAll(new RegExp(`^${name}(?:\\{[^}]*\\})? (\\S+)$`, 'gm'))].reduce(
      (total, [, value]) => total + 1_000 * Number(value),
      0,
    );
  // From look to look, which is never less than what lies between two of them.
  const longest = sum('nodejs_eventloop_lag_max_seconds') - sum('nodejs_eventloop_lag_min_seconds');
  return { longest, collecting: sum('nodejs_gc_duration_seconds_sum') };
}

function stolenMs(): number {
  const [, fields = ''] = /^cpu +(.*)$/m.exec(readFileSync('/proc/stat', 'utf8')) ?? [];
  return Number(fields.split(' ')[7] ?? 0) * TICK_MS;
}
