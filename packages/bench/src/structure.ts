import { availableParallelism } from 'node:os';
import { parseArgs } from 'node:util';
import { temporaryFolder } from '@docusnap/testing';
import { startCrew } from './contender/crew.ts';
import { ourEngine } from './ours.ts';
import { type Figure, report } from './report.ts';
import { SETTINGS } from './sets.ts';
import { furnitureSuite } from './structure/furniture/suite.ts';
import { readerOf } from './structure/read-drawn.ts';
import type { Suite } from './structure/suite.ts';
import { tableSuite } from './structure/tables/suite.ts';
import { oneOf, runCommand, wholeNumber } from './usage.ts';

/** How much of what is drawn on a page our engine finds beside its text, on pages drawn from a seed. */

const USAGE = 'npm run bench:structure -- [--seed N] [--count N] [--only NAME] [--setting accurate|fast] [--json FILE]';

const SUITES: readonly Suite[] = [tableSuite, furnitureSuite];

function parse() {
  const { values } = parseArgs({
    options: {
      seed: { type: 'string', default: '1' },
      count: { type: 'string', default: '40' },
      only: { type: 'string' },
      setting: { type: 'string', default: 'accurate' },
      json: { type: 'string' },
    },
  });
  const names = SUITES.map(({ name }) => name);
  const only = values.only === undefined ? undefined : oneOf('only', values.only, names);
  return {
    seed: wholeNumber('seed', values.seed),
    count: wholeNumber('count', values.count),
    suites: SUITES.filter(({ name }) => only === undefined || only === name),
    setting: oneOf('setting', values.setting, SETTINGS),
    json: values.json,
  };
}

async function main(): Promise<0 | 1> {
  const { seed, count, suites, setting, json } = parse();
  const temporary = await temporaryFolder('structure');
  const crew = await startCrew(ourEngine(setting, 1), availableParallelism()).catch(async (error: unknown) => {
    await temporary.remove();
    throw error;
  });
  try {
    const read = readerOf(crew, temporary.path);
    const figures: Figure[] = [];
    for (const suite of suites) figures.push(...(await suite.run({ count, seed, read })));
    return report(figures, json);
  } finally {
    await crew.stop();
    await temporary.remove();
  }
}

process.exitCode = await runCommand(USAGE, main);
