import type { JobBody, JobListBody, JobStatus } from '@docusnap/contracts';
import { hasEnded, JOB_STATUSES } from '@docusnap/contracts/job';
import { useSignal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import { useAsked } from '../api/asked.ts';
import { call } from '../api/call.ts';
import { Button, LinkButton } from '../blocks/button.tsx';
import { SelectField, TextField } from '../blocks/field.tsx';
import { Empty, Notice } from '../blocks/notice.tsx';
import { Table } from '../blocks/table.tsx';
import { go, hrefOf } from '../frame/place.ts';
import { moment, seconds } from '../words/figures.ts';
import { JobActs } from './acts.tsx';
import { addRows, keepRows } from './rows.ts';
import { PageCount, StatusBadge } from './status.tsx';
import { words } from './words.ts';

const ROWS = 25;
/** Milliseconds between looks at the first jobs: often where one of them still changes. */
const LOOK_MS = { running: 2_000, ended: 15_000 } as const;
/** Milliseconds after the last letter of a name that is looked for. */
const TYPED_MS = 300;
const SPANS = { any: null, hour: 3_600, day: 86_400, week: 604_800 } as const;
type Span = keyof typeof SPANS;

interface Filter {
  readonly status?: string | undefined;
  readonly name?: string | undefined;
  readonly since?: string | undefined;
  readonly batch?: string | undefined;
}

export function JobList({ query }: { readonly query: URLSearchParams }) {
  const w = words();
  const filter: Filter = Object.fromEntries(query);
  const asked = queryOf(filter);
  return (
    <>
      <div class="heading">
        <h1>{filter.batch ? w.ofBatch(filter.batch.slice(0, 8)) : w.title}</h1>
        <div class="actions">
          {filter.batch && <LinkButton href={hrefOf(['jobs'])}>{w.allJobs}</LinkButton>}
          <LinkButton href={hrefOf(['jobs', 'batches'])} icon="layers">
            {w.batches}
          </LinkButton>
        </div>
      </div>
      <p class="lead">{w.lead}</p>
      <Filters filter={filter} />
      <Found key={asked} asked={asked} isFiltered={query.size > 0} />
    </>
  );
}

/** Rounded to the minute, so that an equal question stays an equal address. */
function queryOf({ status, name, since, batch }: Filter): string {
  const span = SPANS[(since ?? 'any') as Span];
  const after = span ? new Date((Math.floor(Date.now() / 60_000) * 60 - span) * 1_000).toISOString() : undefined;
  const wanted = { limit: String(ROWS), status, name, batch, created_after: after };
  return new URLSearchParams(
    Object.entries(wanted).filter((one): one is [string, string] => Boolean(one[1])),
  ).toString();
}

function Filters({ filter }: { readonly filter: Filter }) {
  const w = words();
  const typed = useSignal(filter.name ?? '');
  const waiting = useRef<ReturnType<typeof setTimeout>>(undefined);
  useEffect(() => () => clearTimeout(waiting.current), []);
  // Cleared, or another address of the history; not over what is being typed.
  useEffect(() => {
    if (waiting.current === undefined) typed.value = filter.name ?? '';
  }, [filter.name]);
  const change = (part: Filter) => {
    const next = { ...filter, ...part };
    go(hrefOf(['jobs'], Object.fromEntries(Object.entries(next).map(([key, value]) => [key, value || undefined]))), {
      replace: true,
    });
  };
  const statuses = [
    { value: '', text: w.anyStatus },
    ...JOB_STATUSES.map((value) => ({ value, text: w.statuses[value] })),
  ];
  return (
    <search class="filters">
      <TextField
        label={w.name}
        type="search"
        value={typed.value}
        onChange={(value) => {
          typed.value = value;
          clearTimeout(waiting.current);
          waiting.current = setTimeout(() => {
            waiting.current = undefined;
            change({ name: value });
          }, TYPED_MS);
        }}
      />
      <SelectField<string>
        label={w.status}
        value={filter.status ?? ''}
        choices={statuses}
        onChange={(status) => change({ status: status as JobStatus })}
      />
      <SelectField<Span>
        label={w.since}
        value={(filter.since ?? 'any') as Span}
        choices={(Object.keys(SPANS) as Span[]).map((value) => ({ value, text: w.spans[value] }))}
        onChange={(since) => change({ since: since === 'any' ? '' : since })}
      />
    </search>
  );
}

const NONE: JobListBody = { jobs: [], next_cursor: null };

function Found({ asked, isFiltered }: { readonly asked: string; readonly isFiltered: boolean }) {
  const w = words();
  const isRunning = useSignal(true);
  const first = useAsked<JobListBody>(`/v1/jobs?${asked}`, {
    everyMs: isRunning.value ? LOOK_MS.running : LOOK_MS.ended,
  });
  /** All rows, once more than the first page was asked for. */
  const kept = useSignal<readonly JobBody[] | null>(null);
  const cursor = useSignal<string | null | undefined>(undefined);
  const newest = first.value ?? NONE;
  const jobs = kept.value === null ? newest.jobs : keepRows(kept.value, newest);
  useEffect(() => {
    if (kept.peek() !== null) kept.value = jobs;
    isRunning.value = (first.value?.jobs ?? []).some(({ status }) => !hasEnded(status));
  }, [first.value]);
  const next = cursor.value === undefined ? (first.value?.next_cursor ?? null) : cursor.value;
  const more = async () => {
    const found = await call<JobListBody>(`/v1/jobs?${asked}&cursor=${encodeURIComponent(next ?? '')}`);
    kept.value = addRows(jobs, found.jobs);
    cursor.value = found.next_cursor;
  };
  const done = async (job: JobBody, what: 'changed' | 'removed') => {
    if (what === 'removed' && kept.value !== null) kept.value = kept.value.filter(({ id }) => id !== job.id);
    await first.reload();
  };
  if (first.error !== null && first.value === undefined) return <Notice kind="failed">{first.error}</Notice>;
  if (first.value === undefined) return <div class="waiting" aria-busy="true" />;
  if (jobs.length === 0) return <NoJobs isFiltered={isFiltered} />;
  return (
    <>
      {first.error !== null && <Notice kind="warning">{first.error}</Notice>}
      <Table
        caption={w.title}
        hideCaption
        rows={jobs}
        keyOf={({ id }) => id}
        columns={[
          {
            head: w.name,
            names: true,
            cell: (job) => (
              <a class="job-name" href={hrefOf(['jobs', job.id])}>
                {job.name}
              </a>
            ),
          },
          { head: w.status, cell: ({ status }) => <StatusBadge status={status} /> },
          { head: w.pages, figure: true, cell: (job) => <PageCount job={job} /> },
          { head: w.submitted, wide: true, cell: (job) => moment(job.created_at) },
          { head: w.took, wide: true, figure: true, cell: (job) => tookOf(job) },
          { head: w.actions, cell: (job) => <JobActs small job={job} onDone={(what) => done(job, what)} /> },
        ]}
      />
      {next !== null && (
        <div class="actions">
          <Button onPress={more}>{w.more}</Button>
        </div>
      )}
    </>
  );
}

function NoJobs({ isFiltered }: { readonly isFiltered: boolean }) {
  const w = words();
  return isFiltered ? (
    <Empty icon="search" title={w.noneFound} actions={<LinkButton href={hrefOf(['jobs'])}>{w.clear}</LinkButton>}>
      {w.noneFoundHint}
    </Empty>
  ) : (
    <Empty
      icon="jobs"
      title={w.none}
      actions={
        <LinkButton kind="primary" href={hrefOf(['read'])}>
          {w.toRead}
        </LinkButton>
      }
    >
      {w.noneHint}
    </Empty>
  );
}

/** From its submit to its end. */
export function tookOf({ created_at, finished_at }: JobBody): string {
  return finished_at === null ? '–' : seconds((Date.parse(finished_at) - Date.parse(created_at)) / 1_000);
}
