import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { promisify } from 'node:util';
import type { JobBody } from '@docusnap/contracts';
import { whyAbsent } from '@docusnap/testing';
import { figure } from '../../report.ts';
import type { CheckOutcome, DeployCheck, DeployContext } from '../check.ts';
import { type Facts, openFacts } from '../facts.ts';
import { hasNginx } from '../proxy/proxy.ts';
import { ask, type Caller, formOf } from './call.ts';
import { type Stack, startStack } from './stack.ts';
import { sendLongPdf } from './upload.ts';

const run = promisify(execFile);
const MIB = 1024 * 1024;
const SMOKE_MS = 180_000;
/** From a job's end to the event at the client, on a machine that does much else. */
const MOST_LATE_MS = 3_000;
/** For the line of a request to reach the log. */
const LOG_MS = 5_000;
const LOOK_EVERY_MS = 50;

/** The whole of it on one machine, as plain processes by the files of deploy, used through the proxy as clients use it. */
export const STACK_CHECK: DeployCheck = { name: 'stack', short: false, run: checkStack };

/** What a stack cannot do without, as far as it is missing. */
export async function whyNoStack(): Promise<string[]> {
  const nginx = (await hasNginx()) ? [] : ['nginx is not installed (deploy/ci/tools deploy)'];
  return [...nginx, ...[whyAbsent('postgres-15'), whyAbsent('redis-server')].filter((why) => why !== null)];
}

async function checkStack(context: DeployContext): Promise<CheckOutcome> {
  const notRun = await whyNoStack();
  if (notRun.length > 0) return { figures: [], notRun };
  const facts = openFacts();
  // PDFs of 200 MiB are more than an installation takes that says nothing.
  const gateway = { MAX_PDF_BYTES: String(256 * MIB) };
  const stack = await startStack({ ...context, engine: 'real', gateway });
  try {
    const caller = await callerOf(stack);
    context.say('smoke');
    const smoke = await runSmoke(context.root, stack);
    facts.note('deploy/rollout/smoke passes', smoke.code === 0, smoke.said);
    const wrong = await runSmoke(context.root, stack, 'ds_none_wrong');
    facts.note('and fails with a key that is none', wrong.code === 1 && wrong.said.includes('401'), wrong);
    await lookAtEvents(context.root, caller, facts);
    await lookAtOrigin(stack, caller, facts);
    context.say('a PDF of 200 MiB');
    const { peakBytes, seconds } = await sendLongPdf(stack, caller, facts);
    return {
      figures: [
        facts.figure('stack: facts'),
        figure('stack: most memory of an nginx worker, 200 MiB upload', 'MiB', peakBytes / MIB, [peakBytes / MIB], {
          atMost: 64,
        }),
        figure('stack: 200 MiB upload through the proxy', 's', seconds, [seconds]),
      ],
      findings: facts.findings,
    };
  } finally {
    await stack.close();
  }
}

export async function callerOf(stack: Stack): Promise<Caller> {
  return { url: stack.url, key: stack.secrets.apiKey, certificate: await readFile(stack.secrets.certificate, 'utf8') };
}

async function runSmoke(
  root: string,
  stack: Stack,
  key: string = stack.secrets.apiKey,
): Promise<{ code: number; said: string }> {
  const args = [stack.url, '-', '--cacert', stack.secrets.certificate];
  const env = { ...process.env, DOCUSNAP_API_KEY: key };
  return run(join(root, 'deploy/rollout/smoke'), args, { env, timeout: SMOKE_MS }).then(
    ({ stdout }) => ({ code: 0, said: stdout }),
    (error: { code?: number; stderr?: string }) => ({ code: error.code ?? -1, said: error.stderr ?? String(error) }),
  );
}

/** Events come while the job runs, each as soon as it is there. */
async function lookAtEvents(root: string, caller: Caller, facts: Facts): Promise<void> {
  const sample = await readFile(join(root, 'deploy/embedded/sample/invoice.jpg'));
  const submitted = await ask(
    caller,
    'POST',
    '/v1/jobs',
    formOf('invoice.jpg', sample, { options: '{"cache":false}' }),
  );
  facts.note('the sample is taken', submitted.status === 202, submitted.body);
  const { id } = JSON.parse(submitted.body) as JobBody;
  const pieces: { at: number; text: string }[] = [];
  const stream = await ask(caller, 'GET', `/v1/jobs/${id}/events`, {
    onPiece: (text) => pieces.push({ at: Date.now(), text }),
  });
  facts.note('its events are a stream', stream.headers['content-type'] === 'text/event-stream', stream.headers);
  const [first, last] = [pieces.at(0), pieces.at(-1)];
  facts.note('the first comes before the job ends', first !== undefined && !first.text.includes('"completed"'), first);
  facts.note('the last says that it ended', last?.text.includes('"completed"') === true, last);
  const job = JSON.parse((await ask(caller, 'GET', `/v1/jobs/${id}`)).body) as JobBody;
  const lateMs = (last?.at ?? 0) - Date.parse(job.finished_at ?? '');
  facts.note(`the last comes within ${MOST_LATE_MS} ms of the end`, lateMs < MOST_LATE_MS, lateMs);
}

/** The line of a gateway's log that holds the words, which is written once its answer has gone out; empty where none comes. */
async function logLine(stack: Stack, words: string): Promise<string> {
  for (const until = Date.now() + LOG_MS; ; await pause(LOOK_EVERY_MS)) {
    const lines = stack.gateways.flatMap((gateway) => gateway.log().split('\n'));
    const line = lines.find((text) => text.includes(words));
    if (line !== undefined || Date.now() > until) return line ?? '';
  }
}

/** What the gateway knows of who asked. */
async function lookAtOrigin(stack: Stack, caller: Caller, facts: Facts): Promise<void> {
  const trace = '4bf92f3577b34da6a3ce929d0e0e4736';
  const headers = {
    'x-request-id': 'where-from-1',
    'x-forwarded-for': '203.0.113.9',
    traceparent: `00-${trace}-00f067aa0ba902b7-01`,
  };
  await ask(caller, 'GET', '/v1/jobs?limit=1', { headers, from: '127.0.0.77' });
  const line = await logLine(stack, '"request_id":"where-from-1"');
  facts.note("the gateway's log has the client's own address", line.includes('"client":"127.0.0.77"'), line);
  facts.note('and its trace', line.includes(trace), line);
  const access = (await readFile(stack.proxy.accessLog, 'utf8')).split('\n').filter(Boolean);
  const entry = access
    .map((text) => JSON.parse(text) as Record<string, unknown>)
    .find((one) => one.request_id === 'where-from-1');
  facts.note("the proxy's log has both too", entry?.client === '127.0.0.77' && entry.trace_id === trace, entry);
  facts.note('and no query', entry?.path === '/v1/jobs', entry?.path);
}
