import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { drawPage } from '@docusnap/testing';
import { enduranceFigures } from './endurance/figures.ts';
import { type Engine, startInstallation } from './endurance/installation.ts';
import { runJobs } from './endurance/run-jobs.ts';
import { type Figure, figure, report } from './report.ts';
import { type DrawnPage, drawPages } from './soak/drawn-pages.ts';
import { runCommand, wholeNumber } from './usage.ts';

/**
 * What thousands of jobs leave behind in the processes and servers of an installation whose jobs are erased once they were read: nothing, it should be.
 * Once with readers that decode, make images and do not recognise, which is quick, and once with the real ones.
 */

const USAGE = 'npm run bench:endurance -- [--jobs 6000] [--real 300] [--readers 2] [--json FILE]';
const TOOLS = new URL('../../../deploy/ci/tools', import.meta.url);
const SEED = 20_261_122;
/** Drawn pages of a pass, for the real readers. */
const COLLECTION = 50;

async function measure(engine: Engine, jobs: number, readers: number): Promise<Figure[]> {
  if (jobs === 0) return [];
  const pages = engine === 'real' ? await drawPages(COLLECTION, SEED) : [await smallPage()];
  const installation = await startInstallation(engine, { readers });
  try {
    const { looks, seconds } = await runJobs(installation, { jobs, pages });
    const of = engine === 'real' ? 'real readers' : 'stand-in readers';
    for (const trouble of installation.troubles.slice(0, 10)) console.error(trouble);
    return [
      figure(`${of}: ${jobs.toLocaleString('en')} jobs submitted, read and erased`, 'jobs/s', jobs / seconds, [
        seconds,
      ]),
      figure(`${of}: errors in the logs`, '', installation.troubles.length, [], { atMost: 0 }),
      ...enduranceFigures(of, looks, jobs),
    ];
  } finally {
    await installation.close();
  }
}

async function smallPage(): Promise<DrawnPage> {
  const lines = [{ text: 'Invoice 17, total 12.50', x: 20, y: 60, size: 20 }];
  return { name: 'small.jpg', bytes: await drawPage({ width: 300, height: 120, lines, format: 'jpeg' }) };
}

/** @throws UsageError unless it is a whole number; 0 leaves the part out */
function count(option: string, value: string): number {
  return value === '0' ? 0 : wholeNumber(option, value);
}

async function main(): Promise<0 | 1> {
  // Redis is needed here and may be missing on a machine that has run nothing yet.
  execFileSync(fileURLToPath(TOOLS), ['test'], { stdio: ['ignore', 2, 2] });
  const { values } = parseArgs({
    options: {
      jobs: { type: 'string', default: '6000' },
      real: { type: 'string', default: '300' },
      readers: { type: 'string', default: '2' },
      json: { type: 'string' },
    },
  });
  const readers = wholeNumber('readers', values.readers);
  const [jobs, real] = [count('jobs', values.jobs), count('real', values.real)];
  const figures = [...(await measure('stand-in', jobs, readers)), ...(await measure('real', real, readers))];
  return report(figures, values.json);
}

process.exitCode = await runCommand(USAGE, main);
