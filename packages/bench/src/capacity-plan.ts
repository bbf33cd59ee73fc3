import { readFileSync, writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { PAGE, withTables } from './capacity-plan/page.ts';
import { DEFAULT_DEMAND, planFor } from './capacity-plan/plan.ts';
import { stepsFor } from './capacity-plan/steps.ts';
import { tableOfPlans } from './capacity-plan/tables.ts';
import { runCommand, UsageError, wholeNumber } from './usage.ts';

/** What an installation for so many pages a second has to have, computed from what was measured (`npm run bench:capacity`). */

const USAGE =
  'npm run capacity -- --pages-per-second 100 [--page-seconds S] [--keep-days 7] [--backlog-hours 1] [--readers-per-service 8], or --write';

function positive(option: string, text: string | undefined): number {
  const number = Number(text);
  if (text === undefined || !(number > 0 && Number.isFinite(number))) {
    throw new UsageError(`Expected --${option} to be above 0, got ${text ?? 'none'}`);
  }
  return number;
}

async function main(): Promise<0 | 1> {
  const { values } = parseArgs({
    options: {
      'pages-per-second': { type: 'string' },
      'page-seconds': { type: 'string', default: String(DEFAULT_DEMAND.pageSeconds) },
      'keep-days': { type: 'string', default: String(DEFAULT_DEMAND.keepDays) },
      'backlog-hours': { type: 'string', default: String(DEFAULT_DEMAND.backlogHours) },
      'readers-per-service': { type: 'string', default: String(DEFAULT_DEMAND.readersPerService) },
      write: { type: 'boolean', default: false },
    },
  });
  if (values.write) {
    writeFileSync(PAGE, withTables(readFileSync(PAGE, 'utf8')));
    return 0;
  }
  const plan = planFor({
    pagesPerSecond: positive('pages-per-second', values['pages-per-second']),
    pageSeconds: positive('page-seconds', values['page-seconds']),
    keepDays: positive('keep-days', values['keep-days']),
    backlogHours: positive('backlog-hours', values['backlog-hours']),
    readersPerService: wholeNumber('readers-per-service', values['readers-per-service']),
  });
  console.log(tableOfPlans([plan]));
  for (const { what, isBuilt } of stepsFor(plan)) console.log(`- ${what}${isBuilt === 'no' ? ' (not built)' : ''}`);
  return 0;
}

process.exitCode = await runCommand(USAGE, main);
