import { createWriteStream } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { findTool, whyAbsent } from '@docusnap/testing';
import { figuresOf } from './chaos/figures.ts';
import type { QueueKind } from './chaos/fleet.ts';
import { type Outcome, runChaos } from './chaos/run.ts';
import { report } from './report.ts';
import { oneOf, runCommand, wholeNumber } from './usage.ts';

/**
 * Two gateways and two ocr services with their readers, PostgreSQL and a queue, all real processes, work on hundreds of jobs while one after
 * another is killed, stopped, cut off or filled up. Then every job is looked at from outside: none may be lost, doubled or torn.
 */

const USAGE =
  'npm run test:chaos -- [--seconds SECONDS] [--kills COUNT] [--seed NUMBER] [--queue redis|postgres|both] [--engine stand-in|real] [--logs FOLDER] [--json FILE]';
const SECONDS = '1200';
const KILLS = '200';
const SEED = '1';

async function main(): Promise<0 | 1> {
  const { values } = parseArgs({
    options: {
      seconds: { type: 'string', default: SECONDS },
      kills: { type: 'string', default: KILLS },
      seed: { type: 'string', default: SEED },
      queue: { type: 'string', default: 'both' },
      engine: { type: 'string', default: 'stand-in' },
      logs: { type: 'string' },
      json: { type: 'string' },
    },
  });
  const queues = queuesOf(oneOf('queue', values.queue, ['redis', 'postgres', 'both']));
  const kills = wholeNumber('kills', values.kills);
  const seconds = wholeNumber('seconds', values.seconds);
  const outcomes: Outcome[] = [];
  for (const queue of queues) {
    const onLine = values.logs === undefined ? undefined : await openLogs(join(values.logs, queue));
    const outcome = await runChaos({
      queue,
      engine: oneOf('engine', values.engine, ['stand-in', 'real']),
      seed: wholeNumber('seed', values.seed),
      seconds: seconds / queues.length,
      kills: Math.ceil(kills / queues.length),
      mostMs: Number.POSITIVE_INFINITY,
      onEvent: (words) => console.error(`${new Date().toISOString()} ${queue}: ${words}`),
      ...(onLine ? { onLine } : {}),
    });
    for (const why of outcome.notRun) console.log(`not run: ${why}`);
    if (!outcome.idempotent) console.log('not run: submits sent again (the API has no Idempotency-Key)');
    outcomes.push(outcome);
  }
  return report(figuresOf(outcomes, { kills }), values.json);
}

function queuesOf(queue: QueueKind | 'both'): QueueKind[] {
  if (queue !== 'both') return [queue];
  if (findTool('redis-server') !== null) return ['redis', 'postgres'];
  console.log(`not run: the queue on Redis: ${whyAbsent('redis-server')}`);
  return ['postgres'];
}

/** A file for each service, to study a run that failed. */
async function openLogs(folder: string): Promise<(service: string, text: string) => void> {
  await mkdir(folder, { recursive: true });
  const files = new Map<string, ReturnType<typeof createWriteStream>>();
  return (service, text) => {
    const file = files.get(service) ?? createWriteStream(join(folder, `${service}.log`));
    files.set(service, file);
    file.write(`${text}\n`);
  };
}

process.exitCode = await runCommand(USAGE, main);
