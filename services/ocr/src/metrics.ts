import { type StageTimes, toAppError, type Unit } from '@docusnap/contracts';
import type { Metrics } from '@docusnap/runtime';
import type { Readers } from './readers/pool.ts';
import { ReaderLost } from './readers/reader-lost.ts';
import type { RecycleReason } from './readers/slot.ts';

/** Seconds: from the stages of a small page to a page that times out. */
const STAGE_BUCKETS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 120];

const REASONS: readonly RecycleReason[] = ['pages', 'rss', 'died', 'timeout', 'broken'];

/** What the ocr service counts. */
export interface OcrMetrics {
  unitDone(unit: Unit, stages: StageTimes): void;
  /** What was done for a unit was stored. */
  stored(ms: number): void;
  unitFailed(unit: Unit, verdict: string, error: unknown): void;
  directDone(stages: StageTimes): void;
  directFailed(error: unknown): void;
  recycled(reason: RecycleReason): void;
  /** How looking for an equal page that was read before ended. */
  recalled(outcome: 'hit' | 'miss' | 'late' | 'failed'): void;
  /** The images of a page were made. */
  rendered(stages: StageTimes): void;
  renderFailed(error: unknown): void;
  /** Begins to show what the readers are doing. */
  watch(readers: Readers): void;
}

export function openOcrMetrics(metrics: Metrics): OcrMetrics {
  const pages = metrics.counter({ name: 'docusnap_pages_read_total', help: 'Pages read and saved.' });
  const files = metrics.counter({ name: 'docusnap_files_opened_total', help: 'Files opened and saved.' });
  const failures = metrics.counter({
    name: 'docusnap_unit_failures_total',
    help: 'Attempts at units that failed, by what the failure means and by code.',
    labelNames: ['kind', 'verdict', 'code'],
  });
  const direct = metrics.counter({
    name: 'docusnap_direct_reads_total',
    help: 'Answers of POST /v1/read: "ok" or the code of the error.',
    labelNames: ['code'],
  });
  const stageSeconds = metrics.histogram({
    name: 'docusnap_stage_seconds',
    help: 'Time of each stage of opening and reading; "read" is all of the engine, "total" all of a page but "store".',
    labelNames: ['stage'],
    buckets: STAGE_BUCKETS,
  });
  const recycles = metrics.counter({
    name: 'docusnap_reader_recycles_total',
    help: 'Readers replaced, by reason.',
    labelNames: ['reason'],
  });
  const recalls = metrics.counter({
    name: 'docusnap_page_cache_lookups_total',
    help: 'Pages that were looked for among those read before, by what came of it: hit, miss, late or failed.',
    labelNames: ['outcome'],
  });
  const renditions = metrics.counter({
    name: 'docusnap_renditions_total',
    help: 'Pages whose images were made, or were not: "ok" or the code of the error.',
    labelNames: ['code'],
  });
  for (const outcome of ['hit', 'miss', 'late', 'failed']) recalls.inc({ outcome }, 0);
  for (const reason of REASONS) recycles.inc({ reason }, 0);
  const observe = (stages: StageTimes): void => {
    for (const [stage, ms] of Object.entries(stages)) stageSeconds.observe({ stage }, ms / 1_000);
  };

  return {
    unitDone(unit, stages) {
      (unit.kind === 'open' ? files : pages).inc();
      observe(stages);
    },
    stored: (ms) => stageSeconds.observe({ stage: 'store' }, ms / 1_000),
    unitFailed: (unit, verdict, error) => failures.inc({ kind: unit.kind, verdict, code: codeOf(error) }),
    directDone(stages) {
      direct.inc({ code: 'ok' });
      observe(stages);
    },
    directFailed: (error) => direct.inc({ code: toAppError(error).code }),
    recycled: (reason) => recycles.inc({ reason }),
    recalled: (outcome) => recalls.inc({ outcome }),
    rendered(stages) {
      renditions.inc({ code: 'ok' });
      observe(stages);
    },
    renderFailed: (error) => renditions.inc({ code: codeOf(error) }),
    watch(readers) {
      metrics.gauge({
        name: 'docusnap_readers',
        help: 'Readers that are ready, and of those the busy ones.',
        labelNames: ['state'],
        collect() {
          const { ready, busy } = readers.state();
          this.set({ state: 'ready' }, ready);
          this.set({ state: 'busy' }, busy);
        },
      });
      metrics.gauge({
        name: 'docusnap_readers_waiting',
        help: 'Units and direct callers that wait for a reader.',
        labelNames: ['lane'],
        collect() {
          for (const [lane, count] of Object.entries(readers.state().waiting)) this.set({ lane }, count);
        },
      });
      metrics.gauge({
        name: 'docusnap_reader_rss_bytes',
        help: 'Resident memory of each reader as of its last page; a reader that takes the place of another takes its number.',
        labelNames: ['reader'],
        collect() {
          this.reset();
          for (const { number, rss } of readers.state().alive) this.set({ reader: number }, rss);
        },
      });
      metrics.gauge({
        name: 'docusnap_reader_pid',
        help: 'Process id of each reader.',
        labelNames: ['reader'],
        collect() {
          this.reset();
          for (const { number, pid } of readers.state().alive) this.set({ reader: number }, pid);
        },
      });
      let told = 0;
      metrics.counter({
        name: 'docusnap_reader_busy_seconds_total',
        help: 'Seconds for which readers were at work, added up over all of them: its rate over the readers that are ready is how busy they are.',
        collect() {
          const { busySeconds } = readers.state();
          this.inc(busySeconds - told);
          told = busySeconds;
        },
      });
    },
  };
}

function codeOf(error: unknown): string {
  return error instanceof ReaderLost ? `reader_${error.how}` : toAppError(error).code;
}
