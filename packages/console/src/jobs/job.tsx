import type { DeliveryBody, JobBody, PageEntryBody, PageListBody } from '@docusnap/contracts';
import { hasEnded } from '@docusnap/contracts/job';
import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { useAsked } from '../api/asked.ts';
import { call } from '../api/call.ts';
import { explainFailure } from '../api/explain.ts';
import { Button, LinkButton } from '../blocks/button.tsx';
import { Badge, Notice, Progress } from '../blocks/notice.tsx';
import { Table } from '../blocks/table.tsx';
import { go, hrefOf } from '../frame/place.ts';
import { Attempts } from '../webhooks/attempts.tsx';
import { bytes, figure, moment, seconds } from '../words/figures.ts';
import { JobActs } from './acts.tsx';
import { Stages } from './stages.tsx';
import { PageCount, StatusBadge } from './status.tsx';
import { words } from './words.ts';

const LOOK_MS = 1_500;
const PAGE_ROWS = 100;

/** One job: how it stands, where its time went, and why what failed did. */
export function JobDetails({ id }: { readonly id: string }) {
  const w = words();
  const isOver = useSignal(false);
  const asked = useAsked<JobBody>(`/v1/jobs/${id}`, { everyMs: isOver.value ? undefined : LOOK_MS });
  const job = asked.value;
  useEffect(() => {
    if (job) isOver.value = hasEnded(job.status);
  }, [job]);
  if (job === undefined) {
    return asked.error === null ? (
      <div class="waiting" aria-busy="true" />
    ) : (
      <Notice kind="failed">{asked.error}</Notice>
    );
  }
  return (
    <>
      <div class="heading">
        <h1 class="job-title">{job.name}</h1>
        <StatusBadge status={job.status} />
        <div class="actions">
          {job.files.length > 0 && (
            <LinkButton kind="primary" href={hrefOf(['read', id])} icon="read">
              {w.view}
            </LinkButton>
          )}
          <JobActs
            job={job}
            onDone={(what) => {
              isOver.value = false;
              return what === 'removed' ? go(hrefOf(['jobs'])) : asked.reload();
            }}
          />
        </div>
      </div>
      {!hasEnded(job.status) && (
        <Progress label={w.progress} done={job.pages_done + job.pages_failed} total={job.pages_total} />
      )}
      {job.error && <Notice kind="failed">{explainFailure(job.error)}</Notice>}
      <Facts job={job} />
      <Pages id={id} done={job.pages_done + job.pages_failed} status={job.status} />
      <Files job={job} />
      <Told id={id} status={job.status} />
    </>
  );
}

function Facts({ job }: { readonly job: JobBody }) {
  const w = words();
  const at = (time: string | null) => (time === null ? Date.now() : Date.parse(time));
  const span = (from: string | null, to: string | null) => seconds(Math.max(0, at(to) - at(from)) / 1_000);
  const options = Object.entries(job.options).filter(([, value]) => value !== undefined);
  return (
    <dl class="facts sheet">
      <Fact name={w.pages}>
        <PageCount job={job} />
      </Fact>
      <Fact name={w.submitted}>{moment(job.created_at)}</Fact>
      <Fact name={w.waited}>{span(job.created_at, job.started_at)}</Fact>
      <Fact name={w.worked}>{job.started_at === null ? '–' : span(job.started_at, job.finished_at)}</Fact>
      <Fact name={w.inAll}>{span(job.created_at, job.finished_at)}</Fact>
      {job.batch_id && (
        <Fact name={w.batch}>
          <a href={hrefOf(['jobs'], { batch: job.batch_id })}>{job.batch_id.slice(0, 8)}</a>
        </Fact>
      )}
      {job.expires_at && <Fact name={w.expires}>{moment(job.expires_at)}</Fact>}
      <Fact name={w.submittedOptions} wide>
        <code>{options.map(([name, value]) => `${name}: ${JSON.stringify(value)}`).join(', ')}</code>
      </Fact>
    </dl>
  );
}

function Fact({
  name,
  wide = false,
  children,
}: {
  readonly name: string;
  readonly wide?: boolean;
  readonly children: preact.ComponentChildren;
}) {
  return (
    <div class={wide ? 'wide-fact' : ''}>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}

function Pages({ id, done, status }: { readonly id: string; readonly done: number; readonly status: string }) {
  const w = words();
  const first = useAsked<PageListBody>(`/v1/jobs/${id}/pages?limit=${PAGE_ROWS}`);
  const later = useSignal<readonly PageEntryBody[]>([]);
  const cursor = useSignal<string | null | undefined>(undefined);
  useEffect(() => {
    later.value = [];
    cursor.value = undefined;
    void first.reload();
  }, [done, status]);
  const pages = [...(first.value?.pages ?? []), ...later.value];
  const next = cursor.value === undefined ? (first.value?.next_cursor ?? null) : cursor.value;
  const more = async () => {
    const found = await call<PageListBody>(
      `/v1/jobs/${id}/pages?limit=${PAGE_ROWS}&cursor=${encodeURIComponent(next ?? '')}`,
    );
    later.value = [...later.value, ...found.pages];
    cursor.value = found.next_cursor;
  };
  if (pages.length === 0) return first.error === null ? null : <Notice kind="failed">{first.error}</Notice>;
  return (
    <>
      <Stages pages={pages} />
      <Table
        caption={w.pages}
        rows={pages}
        keyOf={(page) => `${page.file_index}:${page.file_frame}`}
        columns={[
          {
            head: w.page,
            names: true,
            cell: ({ number }) =>
              number === null ? '–' : <a href={hrefOf(['read', id], { page: String(number) })}>{figure(number)}</a>,
          },
          {
            head: w.status,
            cell: (page) => (
              <>
                <Badge tone={page.status === 'failed' ? 'failed' : page.status === 'done' ? 'good' : 'plain'}>
                  {w.pageStatuses[page.status] ?? page.status}
                </Badge>{' '}
                {page.cached && <span class="hint">{w.cached}</span>}
              </>
            ),
          },
          {
            head: w.milliseconds,
            figure: true,
            cell: ({ milliseconds }) => (milliseconds === null ? '–' : seconds(milliseconds / 1_000)),
          },
          { head: w.attempts, figure: true, wide: true, cell: ({ attempts }) => figure(attempts) },
          { head: w.reason, cell: ({ error }) => (error === null ? '' : explainFailure(error)) },
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

function Files({ job }: { readonly job: JobBody }) {
  const w = words();
  if (job.files.length === 0) return null;
  return (
    <Table
      caption={w.files}
      rows={job.files}
      keyOf={({ index }) => index}
      columns={[
        { head: w.name, names: true, cell: ({ name }) => name },
        { head: w.size, figure: true, cell: (file) => bytes(file.bytes) },
        { head: w.pages, figure: true, cell: ({ pages }) => (pages === null ? '–' : figure(pages)) },
        { head: w.reason, cell: ({ error }) => (error === null ? '' : explainFailure(error)) },
      ]}
    />
  );
}

function Told({ id, status }: { readonly id: string; readonly status: string }) {
  const w = words();
  const { value, reload } = useAsked<{ readonly deliveries: readonly DeliveryBody[] }>(`/v1/jobs/${id}/deliveries`);
  useEffect(() => void reload(), [status]);
  if (value === undefined || value.deliveries.length === 0) return null;
  return <Attempts caption={w.deliveries} deliveries={value.deliveries} onDone={reload} />;
}
