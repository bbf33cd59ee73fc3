import type { KeyBody, UsageBody } from '@docusnap/contracts';
import { useMemo } from 'preact/hooks';
import { useAsked } from '../api/asked.ts';
import { Choice } from '../blocks/field.tsx';
import { Empty, Notice } from '../blocks/notice.tsx';
import { type Column, Table } from '../blocks/table.tsx';
import { go, hrefOf } from '../frame/place.ts';
import type { PageProps } from '../frame/routes.ts';
import { LaterChart } from '../operate/later-chart.tsx';
import '../jobs/jobs.css';
import '../operate/operate.css';
import { bytes, figure } from '../words/figures.ts';
import { languageTag } from '../words/language.ts';
import { words } from './words.ts';

const DAY_MS = 86_400_000;
const SPANS = { week: 7, month: 30, quarter: 90 } as const;
type Span = keyof typeof SPANS;

interface UsageList {
  readonly usage: readonly UsageBody[];
}

export default function UsagePage({ query }: PageProps) {
  const w = words();
  const asked = query.get('span');
  const span: Span = asked !== null && asked in SPANS ? (asked as Span) : 'month';
  const days = SPANS[span];
  const from = dayOf(Date.now() - (days - 1) * DAY_MS);
  const byDay = useAsked<UsageList>(`/v1/usage?group_by=day&from=${from}`);
  const byKey = useAsked<UsageList>(`/v1/usage?group_by=key&from=${from}`);
  const keys = useAsked<{ readonly keys: readonly KeyBody[] }>('/v1/keys');
  const names = new Map(keys.value?.keys.map(({ id, name }) => [id, name]));
  const error = byDay.error ?? byKey.error;
  return (
    <>
      <h1>{w.title}</h1>
      <p class="lead">{w.lead}</p>
      <Choice<Span>
        label={w.span}
        value={span}
        choices={(Object.keys(SPANS) as Span[]).map((value) => ({ value, text: w.spans[value] }))}
        onChange={(next) => go(hrefOf(['usage'], { span: next }), { replace: true })}
      />
      {error !== null && <Notice kind="failed">{error}</Notice>}
      {byDay.value && byDay.value.usage.length === 0 && (
        <Empty icon="usage" title={w.none}>
          {w.noneHint}
        </Empty>
      )}
      {byDay.value && byDay.value.usage.length > 0 && (
        <>
          <Days usage={byDay.value.usage} days={days} />
          <Table
            caption={w.byKey}
            rows={byKey.value?.usage ?? []}
            keyOf={({ key_id }) => key_id ?? ''}
            columns={[
              {
                head: w.key,
                names: true,
                cell: ({ key_id: id }) => (id === null ? w.noKey : (names.get(id) ?? w.gone(id.slice(0, 8)))),
              },
              ...figureColumns(w),
            ]}
          />
          <Table
            caption={w.byDay}
            rows={byDay.value.usage.toReversed()}
            keyOf={({ day }) => day ?? ''}
            columns={[{ head: w.day, names: true, short: true, cell: ({ day }) => dayName(day) }, ...figureColumns(w)]}
          />
        </>
      )}
    </>
  );
}

function Days({ usage, days }: { readonly usage: readonly UsageBody[]; readonly days: number }) {
  const w = words();
  const { times, pages } = useMemo(() => {
    const known = new Map(usage.map((one) => [one.day, one.pages]));
    const all = Array.from({ length: days }, (_, at) => dayOf(Date.now() - (days - 1 - at) * DAY_MS));
    return { times: all.map((day) => Date.parse(day) / 1_000), pages: all.map((day) => known.get(day) ?? 0) };
  }, [usage, days]);
  const sum = pages.reduce((one, other) => one + other, 0);
  return (
    <section class="sheet panel" aria-label={w.pages}>
      <h2>{w.pages}</h2>
      <p class="now">{figure(sum)}</p>
      <LaterChart
        bars
        label={w.chart(figure(sum), figure(days))}
        times={times}
        series={[{ name: w.pages, colour: '--accent', values: pages }]}
      />
    </section>
  );
}

function figureColumns(w: ReturnType<typeof words>): Column<UsageBody>[] {
  return [
    { head: w.pages, figure: true, cell: ({ pages }) => figure(pages) },
    { head: w.pagesFailed, figure: true, cell: ({ pages_failed }) => figure(pages_failed) },
    { head: w.pagesCached, figure: true, wide: true, cell: ({ pages_cached }) => figure(pages_cached) },
    { head: w.jobs, figure: true, cell: ({ jobs }) => figure(jobs) },
    { head: w.jobsFailed, figure: true, wide: true, cell: ({ jobs_failed }) => figure(jobs_failed) },
    { head: w.bytes, figure: true, wide: true, cell: (one) => bytes(one.bytes) },
    {
      head: w.tokens,
      figure: true,
      wide: true,
      cell: ({ prompt_tokens, completion_tokens }) => figure(prompt_tokens + completion_tokens),
    },
  ];
}

function dayOf(at: number): string {
  return new Date(at).toISOString().slice(0, 10);
}

function dayName(day: string | null): string {
  return day === null
    ? ''
    : new Intl.DateTimeFormat(languageTag(), { dateStyle: 'medium', timeZone: 'UTC' }).format(new Date(day));
}
