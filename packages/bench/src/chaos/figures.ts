import { type Figure, figure } from '../report.ts';
import { FAULT_KINDS, KILLS } from './faults/fault.ts';
import type { Wrong } from './ledger.ts';
import type { Outcome } from './run.ts';
import { END_WITHIN_MS } from './trouble.ts';

/** How each kind of wrong is named, and none may be. */
const NAMES: Readonly<Record<Wrong, string>> = {
  lost: 'lost',
  duplicated: 'duplicated',
  torn: 'torn',
  changed: 'changed after their end',
  revived: 'erased and there again',
  twice: 'pages read twice beyond those in flight',
  orphans: 'orphans',
};

/** The figures of all fleets together. */
export function figuresOf(outcomes: readonly Outcome[], { kills }: { readonly kills: number }): Figure[] {
  const sum = (of: (outcome: Outcome) => number): number => outcomes.reduce((total, one) => total + of(one), 0);
  const faults = outcomes.flatMap((outcome) => outcome.faults);
  const killed = faults.filter(({ kind }) => KILLS.has(kind)).length;
  const recoveries = outcomes.flatMap((outcome) => outcome.recoveries).map((ms) => ms / 1_000);
  const ends = outcomes.map(({ endMs }) => endMs / 1_000);
  const counts = outcomes.map(({ counted }) => counted);
  const all = (of: 'pages' | 'poisonous' | 'erased' | 'begunAgain' | 'untold') =>
    counts.reduce((total, one) => total + one[of], 0);
  return [
    figure(
      'jobs accepted',
      'jobs',
      sum(({ ledger }) => ledger.entries.size),
      [],
    ),
    figure('jobs erased on the way', 'jobs', all('erased'), []),
    figure(
      'submits sent again under their key',
      'submits',
      sum(({ ledger }) => ledger.counts.repeated),
      [],
    ),
    figure(
      'submits whose answer never came',
      'submits',
      sum(({ ledger }) => ledger.unclear.size),
      [],
    ),
    figure('of those, jobs', 'jobs', all('untold'), []),
    figure('pages', 'pages', all('pages'), []),
    figure('pages begun again', 'pages', all('begunAgain'), []),
    figure('pages set aside (two readers of theirs killed)', 'pages', all('poisonous'), []),
    figure('kills', 'kills', killed, [], { atLeast: kills }),
    ...FAULT_KINDS.map((kind) => figure(kind, 'times', faults.filter((fault) => fault.kind === kind).length, [])),
    ...(Object.keys(NAMES) as Wrong[]).map((wrong) =>
      figure(
        NAMES[wrong],
        '',
        sum(({ ledger }) => ledger.wrongs[wrong].length),
        [],
        { atMost: 0 },
      ),
    ),
    figure(
      'orphans that the sweep removed',
      '',
      sum(({ orphans }) => orphans.swept),
      [],
    ),
    figure(
      'services that ended by themselves',
      'times',
      sum(({ crashes }) => crashes.length),
      [],
      { atMost: 0 },
    ),
    figure('longest time to recover', 's', Math.max(0, ...recoveries), recoveries),
    figure('from the last fault to the last end', 's', Math.max(0, ...ends), ends, { atMost: END_WITHIN_MS / 1_000 }),
  ];
}
