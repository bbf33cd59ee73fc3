import { monitorEventLoopDelay } from 'node:perf_hooks';
import type { Metrics } from './metrics.ts';

/** Milliseconds between looks. Each costs 35 microseconds of processor time: at 10 ms that was half of what an idle ocr process takes. */
const RESOLUTION_MS = 10;
const NANOSECONDS = 1e9;

export interface EventLoopWatch {
  /** 99th percentile of how late the main loop came to its timers, in seconds, since the last scrape. */
  p99Seconds(): number;
  stop(): void;
}

/** Measures the delay of this thread's event loop as a gauge that starts afresh with each scrape. */
export function watchEventLoop(metrics: Metrics, { resolutionMs = RESOLUTION_MS } = {}): EventLoopWatch {
  const delay = monitorEventLoopDelay({ resolution: resolutionMs });
  delay.enable();
  // The histogram holds whole intervals between timers: an idle loop shows the resolution itself.
  const p99Seconds = (): number => Math.max(0, delay.percentile(99) / NANOSECONDS - resolutionMs / 1e3);
  metrics.gauge({
    name: 'docusnap_event_loop_delay_p99_seconds',
    help: 'How late the main event loop was, 99th percentile since the last scrape.',
    collect() {
      this.set(p99Seconds());
      delay.reset();
    },
  });
  return { p99Seconds, stop: () => delay.disable() };
}
