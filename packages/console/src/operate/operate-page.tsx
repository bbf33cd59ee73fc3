import type { SystemBody } from '@docusnap/contracts';
import { useEffect } from 'preact/hooks';
import { useAsked } from '../api/asked.ts';
import { Badge, Empty, Notice } from '../blocks/notice.tsx';
import { Table } from '../blocks/table.tsx';
import '../jobs/jobs.css';
import { bytes, figure, moment, seconds } from '../words/figures.ts';
import { Charts } from './charts.tsx';
import './operate.css';
import { remember } from './past.ts';
import { words } from './words.ts';

const LOOK_MS = 2_000;

export default function OperatePage() {
  const w = words();
  const { value: system, error } = useAsked<SystemBody>('/v1/system', { everyMs: LOOK_MS });
  useEffect(() => {
    if (system) remember(system);
  }, [system]);
  return (
    <>
      <h1>{w.title}</h1>
      <p class="lead">{w.lead}</p>
      {error !== null && (
        <Notice kind="failed" {...(system && { title: w.stale })}>
          {error}
        </Notice>
      )}
      {system && (
        <>
          <Charts system={system} />
          <Checks system={system} />
          <Workers system={system} />
          <Sums system={system} />
        </>
      )}
    </>
  );
}

function Checks({ system }: { readonly system: SystemBody }) {
  const w = words();
  const { database, queue, storage } = system.checks;
  const { free_bytes: free, least_free_bytes: least, kind } = system.storage;
  const rows = [
    {
      name: 'database',
      check: database,
      about: `PostgreSQL ${system.versions.postgresql}, ${bytes(system.database.bytes)}`,
    },
    { name: 'queue', check: queue, about: system.queue.kind === 'redis' ? 'Redis' : 'PostgreSQL' },
    {
      name: 'storage',
      check: storage,
      about: [
        kind === 's3' ? 'S3' : '',
        free === null ? '' : w.free(bytes(free)),
        free !== null && free < least ? w.low : '',
      ]
        .filter(Boolean)
        .join(', '),
    },
    {
      name: 'llm',
      check: system.llm,
      about: system.llm === null ? w.rules : `${system.llm.model} (${system.llm.host})`,
    },
  ];
  return (
    <Table
      caption={w.checks}
      rows={rows}
      keyOf={({ name }) => name}
      columns={[
        { head: w.part, names: true, cell: ({ name }) => w.checkNames[name] ?? name },
        {
          head: w.status,
          cell: ({ check }) =>
            check && (
              <Badge tone={check.status === 'ok' ? 'good' : 'failed'}>{check.status === 'ok' ? w.ok : w.failed}</Badge>
            ),
        },
        {
          head: w.took,
          figure: true,
          wide: true,
          cell: ({ check }) => (check ? w.milliseconds(figure(check.milliseconds)) : ''),
        },
        { head: w.about, cell: ({ about }) => about },
      ]}
    />
  );
}

function Workers({ system }: { readonly system: SystemBody }) {
  const w = words();
  if (system.workers.length === 0) {
    return (
      <Empty icon="warning" title={w.noWorkers}>
        {w.noWorkersHint}
      </Empty>
    );
  }
  return (
    <Table
      caption={w.workers}
      rows={system.workers}
      keyOf={({ name }) => name}
      columns={[
        { head: w.name, names: true, cell: ({ name }) => <code>{name}</code> },
        { head: w.readers, figure: true, cell: ({ readers }) => figure(readers) },
        {
          head: w.perPage,
          figure: true,
          cell: ({ page_milliseconds: ms }) => (ms === null ? w.unknown : seconds(ms / 1_000)),
        },
        { head: w.models, wide: true, cell: ({ models }) => models.join(', ') },
        { head: w.provider, wide: true, cell: ({ provider }) => provider ?? w.unknown },
        { head: w.version, wide: true, cell: ({ version }) => version ?? w.unknown },
        { head: w.seen, wide: true, cell: ({ seen_at }) => moment(seen_at) },
      ]}
    />
  );
}

function Sums({ system }: { readonly system: SystemBody }) {
  const w = words();
  const { today, tenants, versions } = system;
  const sums: readonly (readonly [string, string])[] = [
    [w.jobs, figure(today.jobs)],
    [w.jobsFailed, figure(today.jobs_failed)],
    [w.pages, figure(today.pages)],
    [w.pagesFailed, figure(today.pages_failed)],
  ];
  const named = Object.entries(versions).map(([name, version]) => [w.versionNames[name] ?? name, version] as const);
  return (
    <div class="sums">
      <Facts title={w.today} facts={sums} />
      <Facts
        title={w.tenants}
        facts={[
          [
            w.tenants,
            `${figure(tenants.all)}${tenants.suspended > 0 ? `, ${w.suspended(figure(tenants.suspended))}` : ''}`,
          ],
        ]}
      />
      <Facts title={w.versions} facts={named} />
    </div>
  );
}

function Facts({ title, facts }: { readonly title: string; readonly facts: readonly (readonly [string, string])[] }) {
  return (
    <section class="sheet" aria-label={title}>
      <h2>{title}</h2>
      <dl class="pairs">
        {facts.map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
    </section>
  );
}
