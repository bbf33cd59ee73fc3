import type { SystemBody } from '@docusnap/contracts';
import { figure, seconds } from '../words/figures.ts';
import type { Series } from './chart.tsx';
import { LaterChart } from './later-chart.tsx';
import { past } from './past.ts';
import { words } from './words.ts';

/** Figures of now, each over its last minutes. */
export function Charts({ system }: { readonly system: SystemBody }) {
  const w = words();
  const looks = past.value;
  const { read, understand } = system.lanes;
  const pages = (value: number) => figure(value);
  const rate = (value: number) => figure(value, { maximumFractionDigits: 2 });
  return (
    <div class="charts">
      <Panel
        name={w.waiting}
        now={pages(read.waiting + understand.waiting)}
        hint={`${w.inHand}: ${pages(read.in_hand + understand.in_hand)} · ${w.oldest}: ${seconds(Math.max(read.oldest_waiting_seconds, understand.oldest_waiting_seconds))}`}
        format={pages}
        series={[
          { name: w.waitingSeries.read, colour: '--accent', values: looks.map(({ toRead }) => toRead) },
          {
            name: w.waitingSeries.understand,
            colour: '--mark-table',
            values: looks.map(({ toUnderstand }) => toUnderstand),
          },
        ]}
      />
      <Panel
        name={w.backlog}
        now={system.backlog_seconds === null ? w.unknown : seconds(system.backlog_seconds)}
        hint={w.backlogHint}
        format={seconds}
        series={[{ name: w.backlog, colour: '--warn', values: looks.map(({ backlogSeconds }) => backlogSeconds) }]}
      />
      <Panel
        name={w.rate}
        now={system.pages_per_second === null ? w.unknown : rate(system.pages_per_second)}
        hint={w.rateHint}
        format={rate}
        series={[{ name: w.rate, colour: '--good', values: looks.map(({ pagesPerSecond }) => pagesPerSecond) }]}
      />
      <Panel
        name={w.readers}
        now={pages(system.readers)}
        hint={`${w.failures}: ${pages(system.today.pages_failed)}`}
        format={pages}
        series={[
          { name: w.readers, colour: '--busy', values: looks.map(({ readers }) => readers) },
          { name: w.failures, colour: '--bad', values: looks.map(({ pagesFailed }) => pagesFailed) },
        ]}
      />
    </div>
  );
}

function Panel({
  name,
  now,
  hint,
  series,
  format,
}: {
  readonly name: string;
  readonly now: string;
  readonly hint: string;
  readonly series: readonly Series[];
  readonly format: (value: number) => string;
}) {
  const w = words();
  const most = Math.max(0, ...series.flatMap(({ values }) => values.map((value) => value ?? 0)));
  return (
    <section class="sheet panel" aria-label={name}>
      <h2>{name}</h2>
      <p class="now">{now}</p>
      <LaterChart label={w.chart(name, now, format(most))} times={past.value.map(({ at }) => at)} series={series} />
      {series.length > 1 && (
        <p class="legend">
          {series.map(({ name: of, colour }) => (
            <span key={of}>
              <i style={{ background: `var(${colour})` }} aria-hidden="true" />
              {of}
            </span>
          ))}
        </p>
      )}
      <p class="hint">{hint}</p>
    </section>
  );
}
