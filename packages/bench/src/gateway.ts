import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { rssOf } from './contender/peak-rss.ts';
import { requestBytes } from './gateway/exchange.ts';
import { holdPolls } from './gateway/held.ts';
import { makeFinishedJobs, makeRunningJobs } from './gateway/jobs.ts';
import { askAsFastAsAnswered, askSteadily, type Load, type Loaded } from './gateway/load.ts';
import { keepOffFirstCore, undisturbed } from './gateway/pinned.ts';
import { type Measured, openStage, type Stage, type StageOptions } from './gateway/stage.ts';
import { type Stalls, watchStalls } from './gateway/stalls.ts';
import { type Figure, figure, median, percentile, report } from './report.ts';
import { runCommand, wholeNumber } from './usage.ts';

/**
 * What one gateway process on one core can answer, beside what a bare Express application answers on the same core in the same run: the two, and all that
 * is asked of the gateway, take turns. Jobs are rows made by the functions that workers use; nothing is read.
 */

const USAGE =
  'npm run bench:gateway -- [--seconds 5] [--rounds 3] [--connections 64] [--jobs 500] [--held 10000] [--profile DIR] [--json FILE]';
const SAMPLE = new URL('../../../deploy/embedded/sample/invoice.jpg', import.meta.url);
const MIB = 1024 * 1024;
/** Share of the ceiling that polls of finished jobs are to reach. */
const SHARE = 0.5;
const P99_MS = 10;
const HELD_MIB = 600;
/** Of the held polls these are woken. */
const WOKEN = 200;
/** Sooner than the next look at all jobs that are waited for, which would find what a notification had not told. */
const WAKE_MS = 1_000;
/** Half of the highest rate, for so many times the seconds of a round: a p99 wants more than one look of whatever comes every few seconds. */
const STEADY_ROUNDS = 4;
const POLLS = 'polls of finished jobs, 200';
/** So many at a time send files: each is held open by its upload. */
const SUBMITTERS = 16;

interface Settings {
  readonly seconds: number;
  readonly rounds: number;
  readonly connections: number;
  readonly jobs: number;
  readonly held: number;
}

async function main(): Promise<0 | 1> {
  const text = (value: string) => ({ type: 'string', default: value }) as const;
  const { values } = parseArgs({
    options: {
      seconds: text('5'),
      rounds: text('3'),
      connections: text('64'),
      jobs: text('500'),
      held: text('10000'),
      profile: { type: 'string' },
      json: { type: 'string' },
    },
  });
  const settings: Settings = {
    seconds: wholeNumber('seconds', values.seconds),
    rounds: wholeNumber('rounds', values.rounds),
    connections: wholeNumber('connections', values.connections),
    jobs: wholeNumber('jobs', values.jobs),
    held: values.held === '0' ? 0 : wholeNumber('held', values.held),
  };
  const { prefix, says } = keepOffFirstCore();
  console.log(says);
  const nodeArguments = values.profile ? ['--cpu-prof', '--cpu-prof-dir', values.profile] : [];
  const options = { prefix, nodeArguments };
  const figures = await onStage(options, (stage) => measureRequests(stage, settings));
  if (settings.held > 0) figures.push(...(await onStage(options, (stage) => measureHeld(stage, settings.held))));
  return report(figures, values.json);
}

/** With a gateway and a database of its own. */
async function onStage(options: StageOptions, measure: (stage: Stage) => Promise<Figure[]>): Promise<Figure[]> {
  const stage = await openStage(options);
  try {
    return await measure(stage);
  } finally {
    await stage.close();
  }
}

async function measureRequests(stage: Stage, settings: Settings): Promise<Figure[]> {
  const { gateway, key } = stage;
  const finished = await makeFinishedJobs(stage, settings.jobs);
  const running = await makeRunningJobs(stage, settings.jobs);
  const ceiling = await stage.startCeiling(await bodyOf(stage, finished[0]!));
  const headers = { authorization: `Bearer ${key}` };
  const polls = (server: Measured, ids: readonly string[], more: Readonly<Record<string, string>> = {}) =>
    ids.map((id) => requestBytes(server.url, `/v1/jobs/${id}`, { headers: { ...headers, ...more } }));
  const seen = async (ids: readonly string[]) => ({ 'if-none-match': await etagOf(stage, ids[0]!) });
  const load = (server: Measured, requests: readonly Buffer[], expected: number): Load => ({
    url: server.url,
    pid: server.pid,
    requests,
    expected,
    connections: settings.connections,
    seconds: settings.seconds,
  });
  const polls200 = load(gateway, polls(gateway, finished), 200);
  const rssBefore = (rssOf(gateway.pid) ?? 0) / MIB;
  const taken = await takeTurns(settings.rounds, {
    'a bare Express answer': load(ceiling, polls(ceiling, finished), 200),
    [POLLS]: polls200,
    'polls of finished jobs, 304': load(gateway, polls(gateway, finished, await seen(finished)), 304),
    'polls of running jobs, 200': load(gateway, polls(gateway, running), 200),
    'polls of running jobs, 304': load(gateway, polls(gateway, running, await seen(running)), 304),
  });
  const most = rateOf(taken.get(POLLS) ?? []);
  const stalls = await watchStalls(stage.metricsUrl);
  const steady = await undisturbed(() =>
    askSteadily({ ...polls200, seconds: STEADY_ROUNDS * settings.seconds }, most / 2),
  );
  const stood = await stalls();
  // What the machine itself adds to each answer, at the same rate.
  const bare = load(ceiling, polls(ceiling, finished), 200);
  const steadyBare = await undisturbed(() =>
    askSteadily({ ...bare, seconds: STEADY_ROUNDS * settings.seconds }, most / 2),
  );
  // Last, since what they wrote is brought to the disk for half a minute behind whatever comes next.
  const submits = await takeTurns(settings.rounds, {
    'submits of a picture': { ...load(gateway, [submitOf(stage)], 202), connections: SUBMITTERS },
  });
  return [
    ...[...taken, ...submits].flatMap(([name, all]) => figuresOf(name, all)),
    shareOf(POLLS, taken),
    shareOfProcessorTime(POLLS, taken),
    ...steadyFigures(steady, most / 2, stood),
    figure('a bare Express answer at that rate, p50', 'ms', median(steadyBare.times), []),
    figure('a bare Express answer at that rate, p99', 'ms', percentile(steadyBare.times, 0.99), steadyBare.times),
    figure('memory of the gateway before', 'MiB', rssBefore, []),
    figure('memory of the gateway after these', 'MiB', (rssOf(gateway.pid) ?? 0) / MIB, []),
  ];
}

/** The first round warms up and is not counted. */
async function takeTurns(rounds: number, loads: Readonly<Record<string, Load>>): Promise<Map<string, Loaded[]>> {
  const taken = new Map<string, Loaded[]>(Object.keys(loads).map((name) => [name, []]));
  for (let round = 0; round <= rounds; round += 1) {
    for (const [name, one] of Object.entries(loads)) {
      const loaded = await askAsFastAsAnswered(one);
      if (round > 0) taken.get(name)?.push(loaded);
    }
  }
  return taken;
}

const rateOf = (all: readonly Loaded[]): number => median(all.map(({ rate }) => rate));

function figuresOf(name: string, all: readonly Loaded[]): Figure[] {
  const times = all.flatMap((one) => one.times);
  const rates = all.map(({ rate }) => rate);
  const costs = all.map((one) => one.processorMs * 1_000);
  return [
    figure(name, '1/s', median(rates), rates),
    figure(`${name}, p50`, 'ms', median(times), []),
    figure(`${name}, p99`, 'ms', percentile(times, 0.99), []),
    figure(`${name}, processor time`, 'us', median(costs), costs),
    figure(`${name}, of its core`, '%', 100 * median(all.map(({ busy }) => busy)), []),
  ];
}

/** Of the rate of the ceiling, round by round. It flatters where the ceiling is not what its core can do but what the load can ask: see the next. */
function shareOf(name: string, taken: ReadonlyMap<string, readonly Loaded[]>): Figure {
  const ceilings = taken.get('a bare Express answer') ?? [];
  const shares = (taken.get(name) ?? []).map(({ rate }, round) => (100 * rate) / (ceilings[round]?.rate ?? Number.NaN));
  return figure(`${name}, of the bare answers`, '%', median(shares), shares);
}

/** By processor time alone: what the share is where each has its core to itself, and is asked as much as it can answer. */
function shareOfProcessorTime(name: string, taken: ReadonlyMap<string, readonly Loaded[]>): Figure {
  const ceilings = taken.get('a bare Express answer') ?? [];
  const shares = (taken.get(name) ?? []).map(
    (one, round) => (100 * (ceilings[round]?.processorMs ?? Number.NaN)) / one.processorMs,
  );
  return figure(`${name}, of the bare answers a core`, '%', median(shares), shares, { atLeast: 100 * SHARE });
}

function steadyFigures({ times, rate, busy }: Loaded, wanted: number, stood: Stalls): Figure[] {
  return [
    figure('polls at half the highest rate', '1/s', rate, [], { atLeast: 0.95 * wanted }),
    figure('polls at half the highest rate, p50', 'ms', median(times), []),
    figure('polls at half the highest rate, p99', 'ms', percentile(times, 0.99), times, { atMost: P99_MS }),
    figure('polls at half the highest rate, of its core', '%', 100 * busy, []),
    figure('meanwhile, longest turn of the gateway', 'ms', stood.gateway, []),
    figure('meanwhile, garbage collection of the gateway', 'ms', stood.collecting, []),
    figure('meanwhile, longest turn of the load itself', 'ms', stood.load, []),
    figure('meanwhile, taken by other virtual machines', 'ms', stood.stolen, []),
  ];
}

async function measureHeld(stage: Stage, count: number): Promise<Figure[]> {
  const { held, rss, rssBefore, busy, wakes } = await holdPolls(stage, count, Math.min(WOKEN, count));
  return [
    figure('polls held with ?wait=60', 'polls', held, [], { atLeast: count }),
    figure('memory of the gateway while they are held', 'MiB', rss / MIB, [], { atMost: HELD_MIB }),
    figure('memory of a held poll', 'KiB', (rss - rssBefore) / 1024 / count, []),
    figure('held polls, of its core while nothing happens', '%', 100 * busy, []),
    figure('from the end of a job to the answer of its held poll, p50', 'ms', median(wakes), wakes),
    figure('from the end of a job to the answer of its held poll, p99', 'ms', percentile(wakes, 0.99), [], {
      atMost: WAKE_MS,
    }),
  ];
}

async function answerOf({ gateway, key }: Stage, id: string): Promise<Response> {
  const answer = await fetch(new URL(`/v1/jobs/${id}`, gateway.url), { headers: { authorization: `Bearer ${key}` } });
  if (answer.status !== 200) throw new Error(`Expected job ${id} to be there, got ${answer.status}`);
  return answer;
}

const bodyOf = async (stage: Stage, id: string): Promise<string> => (await answerOf(stage, id)).text();
const etagOf = async (stage: Stage, id: string): Promise<string> =>
  (await answerOf(stage, id)).headers.get('etag') ?? '';

/** The shipped sample, a JPEG of 240 KB, as a form. */
function submitOf({ gateway, key }: Stage): Buffer {
  const boundary = 'docusnap-bench-boundary';
  const head = `--${boundary}\r\ncontent-disposition: form-data; name="file"; filename="invoice.jpg"\r\ncontent-type: image/jpeg\r\n\r\n`;
  const body = Buffer.concat([Buffer.from(head), readFileSync(SAMPLE), Buffer.from(`\r\n--${boundary}--\r\n`)]);
  const headers = { authorization: `Bearer ${key}`, 'content-type': `multipart/form-data; boundary=${boundary}` };
  return requestBytes(gateway.url, '/v1/jobs', { method: 'POST', headers, body });
}

process.exitCode = await runCommand(USAGE, main);
