import type { PageEntryBody } from '@docusnap/contracts';
import { figure, percent, seconds } from '../words/figures.ts';
import { words } from './words.ts';

/** Sums of other stages: all of reading, and from handing a page to a reader to its answer. */
const SUMS: readonly string[] = ['read', 'total'];

/** Where the time of the pages went. A page from the cache spent none. */
export function Stages({ pages }: { readonly pages: readonly PageEntryBody[] }) {
  const w = words();
  const timed = pages.filter(({ stages, cached }) => stages !== null && !cached);
  const sums = new Map<string, number>();
  let all = 0;
  for (const { stages } of timed) {
    const parts = Object.entries(stages ?? {}).filter(([name]) => !SUMS.includes(name));
    const named = parts.reduce((sum, [, ms]) => sum + ms, 0);
    const total = Math.max(stages?.total ?? 0, named);
    for (const [name, ms] of [...parts, ['rest', total - named] as const]) sums.set(name, (sums.get(name) ?? 0) + ms);
    all += total;
  }
  if (all === 0) return null;
  return (
    <section class="sheet stages" aria-label={w.stages}>
      <h2>{w.stages}</h2>
      <p class="hint">{w.stagesHint(figure(timed.length))}</p>
      <ol>
        {[...sums]
          .filter(([, ms]) => ms > 0)
          .toSorted(([, one], [, other]) => other - one)
          .map(([name, ms]) => (
            <li key={name}>
              <span class="stage">{w.stageNames[name] ?? name}</span>
              <meter min={0} max={all} value={ms} aria-label={w.stageNames[name] ?? name} />
              <span class="took">{seconds(ms / 1_000)}</span>
              <span class="share">{percent(ms / all)}</span>
            </li>
          ))}
      </ol>
    </section>
  );
}
