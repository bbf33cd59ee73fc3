import type { TenantLoad, WorkCounts } from '@docusnap/db';
import type { Metrics } from '@docusnap/runtime';

export interface GatewayMetrics {
  /** One request ended; `route` is its template, so that ids make no new series. `code` names why it was not done, where it was not. */
  requestEnded(labels: RequestLabels, seconds: number): void;
}

export interface RequestLabels {
  readonly route: string;
  readonly method: string;
  readonly status: number;
  readonly code?: string | undefined;
}

export interface MetricSources {
  /** Asked for at each scrape; null when it cannot be told just now. */
  readonly workCounts: () => Promise<WorkCounts | null>;
  /** The few of which most waits or is read, and all others together. */
  readonly busiestTenants: () => Promise<readonly TenantLoad[] | null>;
  readonly heldPolls: () => number;
}

/** Tenants that are named, of those of which most waits, and of those that had most pages read today. */
export const NAMED_TENANTS = 10;

/** From a millisecond, the time of a poll, to the longest wait. */
const SECONDS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60];
/** Pages a second that are assumed where no reader has said how fast it is: what waits is then still to be seen, and grows. */
const ASSUMED_PACE = 1;

export function openGatewayMetrics(metrics: Metrics, sources: MetricSources): GatewayMetrics {
  const requests = metrics.counter({
    name: 'docusnap_http_requests_total',
    help: 'Requests that ended, by route, method and status; status 499: the client went away before its answer was whole.',
    labelNames: ['route', 'method', 'status'],
  });
  const errors = metrics.counter({
    name: 'docusnap_http_errors_total',
    help: 'Requests that were answered with an error or refused, those of DocuSnap v1 too, by code.',
    labelNames: ['code'],
  });
  const durations = metrics.histogram({
    name: 'docusnap_http_request_duration_seconds',
    help: 'Time from the request head to the end of the answer; held polls and streams last as long as they are held.',
    labelNames: ['route', 'method'],
    buckets: SECONDS,
  });
  metrics.gauge({
    name: 'docusnap_held_requests',
    help: 'Polls and event streams that wait for news just now.',
    collect() {
      this.set(sources.heldPolls());
    },
  });
  showWork(metrics, sources);
  showTenants(metrics, sources);
  return {
    requestEnded: ({ route, method, status, code }, seconds) => {
      requests.inc({ route, method, status });
      durations.observe({ route, method }, seconds);
      if (code !== undefined) errors.inc({ code });
    },
  };
}

interface Shown<Label extends string> {
  readonly name: string;
  readonly help: string;
  readonly labelNames: Label[];
}

interface Sample<Label extends string> {
  readonly value: number;
  readonly of?: Readonly<Partial<Record<Label, string>>>;
}

/** Gauges that are of one look: all measures of a scrape are asked for at once. No series where there is nothing to see, as while the database is away. */
function openLook<Seen>(metrics: Metrics, look: () => Promise<Seen | null>) {
  let looking: Promise<Seen | null> | undefined;
  return <Label extends string>(shown: Shown<Label>, samplesOf: (seen: Seen) => readonly Sample<Label>[]) =>
    metrics.gauge<Label>({
      ...shown,
      async collect() {
        looking ??= look().finally(() => {
          looking = undefined;
        });
        const seen = await looking;
        if (shown.labelNames.length === 0) this.remove();
        else this.reset();
        for (const { value, of = {} } of seen === null ? [] : samplesOf(seen)) this.set(of, value);
      },
    });
}

/** What there is to do and how fast it is done, over all gateways and readers: each gateway says the same. */
function showWork(metrics: Metrics, { workCounts }: MetricSources): void {
  const show = openLook(metrics, workCounts);
  show(
    {
      name: 'docusnap_units',
      help: 'Units of work by lane (files and pages to read, jobs to understand) and state: waiting to be claimed, or held by a worker.',
      labelNames: ['lane', 'state'],
    },
    (counts) =>
      LANES.flatMap((lane) =>
        (['waiting', 'held'] as const).map((state) => ({ of: { lane, state }, value: counts[lane][state] })),
      ),
  );
  show(
    {
      name: 'docusnap_units_oldest_waiting_seconds',
      help: 'Age of the unit of work that has waited longest, by lane; 0 when none waits.',
      labelNames: ['lane'],
    },
    (counts) => LANES.map((lane) => ({ of: { lane }, value: counts[lane].oldestWaitingSeconds })),
  );
  show(
    {
      name: 'docusnap_backlog_seconds',
      help: 'Pages waiting and in hand over the pages a second that all readers can do, as they measure it; 1 a second where none has said.',
      labelNames: ['lane'],
    },
    ({ read: { waiting, held }, pagesPerSecond }) => [
      { of: { lane: 'read' }, value: (waiting + held) / (pagesPerSecond ?? ASSUMED_PACE) },
    ],
  );
  show(
    {
      name: 'docusnap_pace_pages_per_second',
      help: 'Pages a second that all readers together can do, from how long they say a page takes; 0 where none has said.',
      labelNames: [],
    },
    ({ pagesPerSecond }) => [{ value: pagesPerSecond ?? 0 }],
  );
  show(
    {
      name: 'docusnap_ocr_services',
      help: 'Ocr services that have said within half a minute that they read.',
      labelNames: [],
    },
    ({ services }) => [{ value: services }],
  );
  show(
    { name: 'docusnap_ocr_readers', help: 'Readers of all ocr services together.', labelNames: [] },
    ({ readers }) => [{ value: readers }],
  );
}

const COUNTED_OF_TENANTS = ['jobs', 'jobsFailed', 'pages', 'pagesFailed', 'tokens'] as const;

/** Of each tenant that is named, and of the others together as `other`: a label for each of a hundred thousand would be more than anything stores. */
function showTenants(metrics: Metrics, { busiestTenants }: MetricSources): void {
  const show = openLook(metrics, busiestTenants);
  show(
    {
      name: 'docusnap_tenant_units',
      help: 'Files to open and pages to read of the tenants of which most waits, at most ten, and of those that had most pages read today.',
      labelNames: ['tenant'],
    },
    (loads) => loads.map(({ tenantId, units }) => ({ of: { tenant: tenantId ?? 'other' }, value: units })),
  );
  show(
    {
      name: 'docusnap_tenant_usage_today',
      help: 'What the same tenants used since midnight by UTC: jobs, jobs_failed, pages, pages_failed, tokens; "other": all others together.',
      labelNames: ['tenant', 'of'],
    },
    (loads) =>
      loads.flatMap((load) =>
        COUNTED_OF_TENANTS.map((counted) => ({
          of: { tenant: load.tenantId ?? 'other', of: counted.replace('Failed', '_failed') },
          value: load[counted],
        })),
      ),
  );
}

const LANES = ['read', 'understand'] as const;
