import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { startMigratedPostgres, startRedis } from '@docusnap/testing';
import sharp from 'sharp';
import { erasingFigures } from './depth/erasing.ts';
import type { Mix } from './depth/fill.ts';
import { planFigures } from './depth/plans.ts';
import { flatFigures, measureRounds, printSamples } from './depth/rounds.ts';
import { sizeFigures } from './depth/sizes.ts';
import { openWorld, type Servers, type World } from './depth/world.ts';
import { type Figure, report } from './report.ts';
import { oneOf, runCommand, wholeNumber } from './usage.ts';

/**
 * Whether what is done with an installation takes as long with a million jobs in its tables as with a thousand: once mostly waiting, once mostly ended.
 * Real databases and a real gateway on each, all depths in one run and in turn; what a reader does is done by this process, with the same statements.
 */

const USAGE = `npm run bench:depth -- [--jobs 1000000] [--calls 100] [--erase 100000] [--part all|flat|erase|plans] [--mix both|waiting|finished]
  [--json FILE]`;
const TOOLS = new URL('../../../deploy/ci/tools', import.meta.url);
const SHALLOWEST = 1_000;
const PARTS = ['all', 'flat', 'erase', 'plans'] as const;
const MIXES = ['both', 'waiting', 'finished'] as const;

/** As an installation of this size would have them, but that nothing waits for the disk: what is compared is depths, not disks. */
const POSTGRES = {
  shared_buffers: '512MB',
  max_wal_size: '8GB',
  checkpoint_timeout: '30min',
  random_page_cost: '1.1',
  autovacuum_naptime: '5s',
  // The plans part reads what auto_explain says here.
  logging_collector: 'on',
  log_directory: 'log',
  log_destination: 'jsonlog',
  log_filename: 'server.log',
  log_rotation_size: '0',
  log_file_mode: '0644',
};

interface Asked {
  readonly depths: readonly number[];
  readonly calls: number;
  readonly erase: number;
  readonly part: (typeof PARTS)[number];
}

async function measureMix(servers: Servers, mix: Mix, { depths, calls, erase, part }: Asked): Promise<Figure[]> {
  const worlds: World[] = [];
  try {
    for (const jobs of part === 'all' || part === 'flat' ? depths : depths.slice(-1)) {
      worlds.push(
        await openWorld(servers, { jobs, mix, redisDatabase: worlds.length + (mix === 'waiting' ? 0 : depths.length) }),
      );
      console.error(`${mix}: ${jobs.toLocaleString('en')} jobs filled in ${Math.round(worlds.at(-1)!.fillSeconds)} s`);
    }
    const figures: Figure[] = [];
    const deepest = worlds.at(-1)!;
    if (part === 'all' || part === 'flat') {
      figures.push(...(await sizeFigures(deepest)));
      const picture = await sharp({ create: { width: 40, height: 40, channels: 3, background: 'white' } })
        .png()
        .toBuffer();
      const samples = await measureRounds(worlds, { calls, picture });
      printSamples(mix, samples);
      figures.push(...flatFigures(mix, samples));
    }
    if (mix === 'finished' && (part === 'all' || part === 'erase')) {
      figures.push(...(await erasingFigures(deepest, { jobs: erase, calls })));
    }
    // Last, since from then on every plan is logged, which takes its time.
    if (part === 'all' || part === 'plans') figures.push(...(await planFigures(deepest)));
    return figures;
  } finally {
    for (const world of worlds) await world.close();
  }
}

async function main(): Promise<0 | 1> {
  // Redis is needed here and may be missing on a machine that has run nothing yet.
  execFileSync(fileURLToPath(TOOLS), ['test'], { stdio: ['ignore', 2, 2] });
  const { values } = parseArgs({
    options: {
      jobs: { type: 'string', default: '1000000' },
      calls: { type: 'string', default: '100' },
      erase: { type: 'string', default: '100000' },
      part: { type: 'string', default: 'all' },
      mix: { type: 'string', default: 'both' },
      json: { type: 'string' },
    },
  });
  const jobs = wholeNumber('jobs', values.jobs);
  const asked = {
    depths: [SHALLOWEST, 100_000, jobs].filter((depth, at) => at === 2 || depth < jobs),
    calls: wholeNumber('calls', values.calls),
    erase: wholeNumber('erase', values.erase),
    part: oneOf('part', values.part, PARTS),
  };
  const mix = oneOf('mix', values.mix, MIXES);
  const figures: Figure[] = [];
  const redis = await startRedis();
  const postgres = await startMigratedPostgres(POSTGRES);
  try {
    for (const one of mix === 'both' ? (['waiting', 'finished'] as const) : [mix]) {
      figures.push(...(await measureMix({ postgres, redis }, one, asked)));
    }
  } finally {
    await postgres.stop();
    await redis.stop();
  }
  console.log('');
  return report(figures, values.json);
}

process.exitCode = await runCommand(USAGE, main);
