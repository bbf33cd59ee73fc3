import { type Figure, figure } from '../report.ts';
import { CORES, type Used } from './processor.ts';
import type { Throughput } from './throughput.ts';

/** Shares of the ideal that are to be reached, by readers. */
const LEAST = new Map([
  [16, 0.95],
  [64, 0.9],
]);
/** Connections to the database that one ocr process may have, besides those of a queue in PostgreSQL. */
const MOST_CONNECTIONS = 3;
/** What each page takes, and where waiting for others would show. */
const STATEMENTS = [
  { what: 'a claim', calls: ' claim_unit(' },
  { what: 'a save', calls: ' save_page(' },
];
const PARTS: readonly (keyof Used)[] = ['ocr main', 'reader', 'gateway', 'PostgreSQL', 'Redis'];

/** @param atTarget whether the readers are held for as long as the targets are meant for */
export function scaleFigures(shown: Throughput, { atTarget }: { readonly atTarget: boolean }): Figure[] {
  const { readers, gateways, pages, seconds, used, statements } = shown;
  const name = `${readers} reader${readers === 1 ? '' : 's'}, ${gateways} gateway${gateways === 1 ? '' : 's'}`;
  const perPage = (total: number): number => total / Math.max(1, pages);
  const least = atTarget ? LEAST.get(readers) : undefined;
  const ours = statements.filter(({ whose }) => whose === 'ours');
  const queue = statements.filter(({ whose }) => whose === 'queue');
  const calls = (of: typeof statements): number => of.reduce((sum, one) => sum + one.calls, 0);
  const connections = shown.connections.find((one) => one.name === 'docusnap-ocr')?.count ?? 0;
  return [
    figure(`${name}: pages a second`, 'pages/s', shown.rate, shown.rates),
    figure(
      `${name}: share of the ideal ${readers / (shown.holdMs / 1_000)} pages/s`,
      '%',
      shown.efficiency * 100,
      shown.rates,
      least === undefined ? null : { atLeast: least * 100 },
    ),
    ...PARTS.filter((part) => used[part] > 0).map((part) =>
      figure(`${name}: processor time a page, ${part}`, 'ms', perPage(used[part] * 1_000), []),
    ),
    figure(`${name}: this machine's ${CORES} cores in use`, '%', (used.machine / seconds / CORES) * 100, []),
    figure(
      `${name}: of that by what is not the installation`,
      '%',
      (used['pgBouncer, this program and all else'] / seconds / CORES) * 100,
      [],
    ),
    figure(`${name}: statements of ours a page`, 'calls', perPage(calls(ours)), []),
    figure(
      `${name}: time of the database in them a page`,
      'ms',
      perPage(ours.reduce((sum, one) => sum + one.ms, 0)),
      [],
    ),
    ...STATEMENTS.flatMap(({ what, calls: named }) => {
      const found = statements.filter(({ text }) => text.includes(named));
      return found.length === 0
        ? []
        : [
            figure(
              `${name}: ${what}, in the database`,
              'ms',
              found.reduce((sum, one) => sum + one.ms, 0) / calls(found),
              [],
            ),
          ];
    }),
    figure(`${name}: operations of the queue a page`, 'calls', perPage(shown.operations + calls(queue)), []),
    figure(`${name}: database connections an ocr process, besides the queue's`, '', connections / readers, [], {
      atMost: MOST_CONNECTIONS,
    }),
  ];
}
