import { ASSUMED, MEASURED } from './coefficients.ts';
import type { Plan } from './plan.ts';
import { STEPS, stepsFor } from './steps.ts';

/** Plans as Markdown: what deploy/capacity/README.md carries and what the command prints. */

const ROWS: readonly (readonly [string, (plan: Plan) => string])[] = [
  ['readers', ({ readers }) => whole(readers)],
  [
    'ocr services',
    ({ ocrServices, demand }) => `${whole(ocrServices)}, of ${demand.readersPerService} readers at most`,
  ],
  ['cores for reading', ({ ocrCores }) => whole(ocrCores)],
  ['memory for reading', ({ ocrGib }) => gib(ocrGib)],
  ['gateways (a core each)', ({ gateways }) => whole(gateways)],
  ['memory of the gateways', ({ gatewayGib }) => gib(gatewayGib)],
  ['uploads through them', ({ uploadMbitPerSecond }) => `${whole(uploadMbitPerSecond)} Mbit/s`],
  ['PostgreSQL: cores', ({ databaseCores }) => whole(databaseCores)],
  ['PostgreSQL: disk', ({ databaseGib }) => gib(databaseGib)],
  ['PostgreSQL: connections', ({ connections }) => whole(connections)],
  ['stored files', ({ filesGib }) => gib(filesGib)],
  ['Redis: memory', ({ redisGib }) => gib(redisGib)],
];

/** What to buy: a column for each plan. */
export function tableOfPlans(plans: readonly Plan[]): string {
  return tableOf(
    ['', ...plans.map(({ demand }) => `${whole(demand.pagesPerSecond)} pages/s`)],
    ROWS.map(([name, cell]) => [name, ...plans.map(cell)]),
  );
}

/** What to change: a row for each step, and at which of the plans it is due. */
export function tableOfSteps(plans: readonly Plan[]): string {
  const due = plans.map((plan) => new Set(stepsFor(plan)));
  return tableOf(
    ['what', 'built', ...plans.map(({ demand }) => `${whole(demand.pagesPerSecond)}`)],
    STEPS.map((step) => [step.what, step.isBuilt, ...due.map((of) => (of.has(step) ? 'x' : ''))]),
  );
}

/** The coefficients that all is computed from. */
export function tableOfCoefficients(): string {
  return tableOf(
    ['measured', ''],
    [
      ['pages a second and core', String(MEASURED.pagesPerSecondAndCore)],
      [
        'memory of a reader; of the ocr service beside its readers; of a gateway',
        [MEASURED.readerMib, MEASURED.ocrMainMib, MEASURED.gatewayMib].map((mib) => `${mib} MiB`).join('; '),
      ],
      [
        'processor of a page, in a gateway; in the ocr service beside its readers; in PostgreSQL with the queue in it',
        [MEASURED.gatewayMsPerPage, MEASURED.ocrMainMsPerPage, MEASURED.databaseMsPerPage]
          .map((ms) => `${ms} ms`)
          .join('; '),
      ],
      [
        'PostgreSQL, files, for a million pages kept',
        `${MEASURED.databaseGibPerMillion} GiB, ${MEASURED.filesGibPerMillion} GiB`,
      ],
      ['Redis, for a million units that wait', `${MEASURED.redisGibPerMillionWaiting} GiB`],
      ['an upload', `${MEASURED.uploadBytes / 1_000} kB`],
    ],
  ).concat(
    '\n',
    tableOf(
      ['decided', ''],
      [
        [
          'readers may be busy; other processes and PostgreSQL',
          `${percent(ASSUMED.readersBusy)}; ${percent(ASSUMED.othersBusy)}`,
        ],
        [
          'connections of a gateway; of an ocr service beside one a reader; more of each without Redis',
          `${ASSUMED.gatewayConnections}; ${ASSUMED.ocrConnectionsBesideReaders}; ${ASSUMED.queueConnections}`,
        ],
        ['cores of one PostgreSQL before an installation is divided', String(ASSUMED.mostDatabaseCores)],
      ],
    ),
  );
}

function tableOf(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  return `${[line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n')}\n`;
}

const percent = (share: number): string => `${Math.round(share * 100)} %`;
const whole = (value: number): string => Math.ceil(value).toLocaleString('en');

function gib(value: number): string {
  if (value < 1) return `${Math.max(1, Math.ceil(value * 1_024))} MiB`;
  return value < 1_024 ? `${Math.ceil(value)} GiB` : `${(value / 1_024).toFixed(1)} TiB`;
}
