import { execFile } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { promisify } from 'node:util';
import { freePort, makeTiff, seededRandom } from '@docusnap/testing';
import { type Figure, figure } from '../../report.ts';
import type { CheckOutcome, DeployCheck, DeployContext } from '../check.ts';
import { type Facts, openFacts } from '../facts.ts';
import { type Stack, startStack } from '../stack/stack.ts';
import { callerOf, whyNoStack } from '../stack/stack-check.ts';
import { type Engine, startEngine } from './engine.ts';
import { type Files, type Load, startLoad } from './load.ts';

const run = promisify(execFile);
const SIZE = { width: 160, height: 120 } as const;
const LONG_PAGES = 12;
/** With the load alone, before and after. */
const ALONE_MS = 2_000;
const ROLLOUT_MS = 120_000;
/** What was on its way to the old side arrives within that; installations wait longer, for uploads. */
const DRAIN_SECONDS = '2';

/**
 * Brings releases into service and back by deploy/rollout while clients submit, poll, hold, stream and erase: the side that serves changes, and the
 * other one is stopped. Nobody may notice. Docker is stood in for; gateways, proxy, servers and the migration are real.
 */
export const BLUE_GREEN_CHECK: DeployCheck = { name: 'blue-green', short: false, run: checkBlueGreen };

async function checkBlueGreen(context: DeployContext): Promise<CheckOutcome> {
  const notRun = await whyNoStack();
  if (notRun.length > 0) return { figures: [], notRun };
  const facts = openFacts();
  const greenPorts = [await freePort(), await freePort()];
  const green = greenPorts.map((port) => `127.0.0.1:${port}`);
  // All clients are one address here.
  const proxy = { PROXY_REQUESTS_PER_SECOND: '10000' };
  const stack = await startStack({ ...context, engine: 'stand-in', green, proxy });
  try {
    const ports = { blue: stack.gateways.map(({ port }) => port), green: greenPorts };
    const engine = await startEngine(stack, { folder: context.folder, ports });
    const load = startLoad(await callerOf(stack), files());
    try {
      await pause(ALONE_MS);
      await rollOut({ context, stack, engine, facts });
      await pause(ALONE_MS);
    } finally {
      await load.stop();
      await engine.close();
    }
    return {
      figures: [...figuresOf(load, engine), facts.figure('blue-green: facts')],
      findings: [...load.failures, ...facts.findings],
    };
  } finally {
    await stack.close();
  }
}

interface Stage {
  readonly context: DeployContext;
  readonly stack: Stack;
  readonly engine: Engine;
  readonly facts: Facts;
}

async function rollOut({ context, stack, engine, facts }: Stage): Promise<void> {
  const envFile = join(context.folder, 'env');
  await writeFile(envFile, 'GATEWAY_IMAGE=before\nOCR_IMAGE=before\n');
  const environment = {
    ...process.env,
    PATH: `${engine.path}:${process.env.PATH}`,
    RELEASES: join(context.folder, 'releases'),
    ROLLOUT_STATE: join(context.folder, 'rollout'),
    ENV_FILE: envFile,
    DRAIN_SECONDS,
    DOCUSNAP_API_KEY: stack.secrets.apiKey,
    // Its readers do not read.
    SMOKE: join(context.root, 'packages/bench/src/deploy/blue-green/smoke-without-reading'),
  };
  const call = async (name: string, words: readonly string[], more: Record<string, string> = {}) => {
    const env = { ...environment, ...more };
    return run(join(context.root, 'deploy/rollout', name), [...words], { env, timeout: ROLLOUT_MS }).then(
      () => ({ code: 0, said: '' }),
      (error: { code?: number; stdout?: string; stderr?: string }) => ({
        code: error.code ?? -1,
        said: `${error.stdout}${error.stderr}`,
      }),
    );
  };
  const place = ['--url', stack.url, '--cacert', stack.secrets.certificate];
  const expectEnd = async (what: string, wanted: number, { code, said }: { code: number; said: string }) => {
    context.say(`${what}: exit ${code}`);
    facts.note(`${what} ends with ${wanted}`, code === wanted, said);
    const active = await stack.proxy.switchTo('--active');
    facts.note(`after ${what} the first side serves`, active === 'blue', active);
  };
  for (const version of ['2.0.0', '2.1.0']) {
    const { code, said } = await call('release', [version, 'registry.example/docusnap']);
    facts.note(`release ${version} is made`, code === 0, said);
  }
  await expectEnd('deploy 2.0.0', 0, await call('deploy', ['compose', '2.0.0', ...place]));
  const served = await readFile(envFile, 'utf8');
  facts.note('.env names its images by their digests', /^GATEWAY_IMAGE=.*@sha256:/m.test(served), served);
  const failing = await call('deploy', ['compose', '2.1.0', ...place], { SMOKE: '/bin/false' });
  await expectEnd('a deploy whose smoke test fails', 1, failing);
  const after = await readFile(envFile, 'utf8');
  facts.note('.env names the images of before again', sorted(after) === sorted(served), after);
  await expectEnd('a deploy of what serves already', 0, await call('deploy', ['compose', '2.0.0', ...place]));
  await expectEnd('rollback 2.1.0', 0, await call('rollback', ['compose', '2.1.0', ...place]));
}

const sorted = (lines: string): string => lines.split('\n').sort().join('\n');

function figuresOf({ counts, failures }: Load, { stops, switches }: Engine): Figure[] {
  const { submits, polls, held, streams, resumed, listings, results, erasures } = counts;
  const all = submits + polls + streams + resumed + listings + results + erasures;
  const unclean = stops.filter((code) => code !== 0).length;
  const name = (what: string): string => `blue-green: ${what}`;
  const least = (what: string, unit: string, value: number, atLeast: number): Figure =>
    figure(name(what), unit, value, [value], { atLeast });
  return [
    figure(name(`failed requests, of ${all}`), 'requests', failures.length, [failures.length], { atMost: 0 }),
    figure(name(`gateways that did not stop cleanly, of ${stops.length}`), 'gateways', unclean, [unclean], {
      atMost: 0,
    }),
    least('changes of the side that serves', 'times', switches, 5),
    least('submits', 'requests', submits, 20),
    least('polls held for 1 s and longer', 'requests', held, 5),
    least('event streams', 'streams', streams, 4),
    least('event streams taken up again elsewhere', 'times', resumed, 1),
  ];
}

function files(): Files {
  const random = seededRandom(7);
  const page = () => ({
    ...SIZE,
    pixels: Buffer.from(Uint8Array.from({ length: SIZE.width * SIZE.height }, () => Math.floor(random() * 256))),
  });
  const tiff = (pages: number): Buffer => makeTiff(Array.from({ length: pages }, page));
  return { short: { name: 'short.tiff', bytes: tiff(1) }, long: { name: 'long.tiff', bytes: tiff(LONG_PAGES) } };
}
