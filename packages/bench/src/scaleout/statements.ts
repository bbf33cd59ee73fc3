import { setTimeout as pause } from 'node:timers/promises';
import { Redis } from 'ioredis';
import { openClient, submit, waitForEnd } from '../client.ts';
import { type Figure, figure } from '../report.ts';
import { drawDocument } from './feeding.ts';
import type { Installation } from './installation.ts';
import { forgetStatements, type Statement, statementsSince } from './load.ts';

const PAGES = 300;
const HOLD_MS = 500;
const MOST_STATEMENTS = 6;
const MOST_BELLS = 1;
/** A file to open. */
const OTHER_UNITS = 1;
/** Images of the last pages, and what is told of the end, come behind it. */
const AFTER_MS = 1_500;

/** Statements and bells of one long job, from its submit to its end. */
export async function measureStatements(installation: Installation, say: (words: string) => void): Promise<Figure[]> {
  installation.setPace({ holdMs: HOLD_MS, lines: 40 });
  const client = openClient(installation.gateways[0]!.url, installation.key);
  // What is done once for each connection, key and tenant is not of this job.
  await waitForEnd(client, (await submit(client, 'first.tiff', drawDocument(installation.ocrs.length * 2, 1))).job.id);
  await pause(AFTER_MS);
  const bellsBefore = await bellsRung(installation);
  await forgetStatements(installation);
  const { job } = await submit(client, 'long.tiff', drawDocument(PAGES, 2));
  const { status, pages_done } = await waitForEnd(client, job.id);
  if (status !== 'completed' || pages_done !== PAGES)
    throw new Error(`The long job ended ${status} with ${pages_done} pages`);
  await pause(AFTER_MS);
  const statements = await statementsSince(installation);
  const bells = (await bellsRung(installation)) - bellsBefore;
  client.agent.destroy();
  for (const line of mostOften(statements)) say(line);
  const of = (whose: Statement['whose']) =>
    statements.filter((one) => one.whose === whose).reduce((sum, { calls }) => sum + calls, 0) / PAGES;
  return [
    figure(`${PAGES} pages in one job: statements of ours a page`, 'calls', of('ours'), [], {
      atMost: MOST_STATEMENTS,
    }),
    figure(`${PAGES} pages in one job: BEGIN, COMMIT and the tenant's setting a page`, 'calls', of('transaction'), []),
    figure(`${PAGES} pages in one job: statements of the queue a page`, 'calls', of('queue'), []),
    ...(installation.redis
      ? [
          figure(`${PAGES} pages in one job: doorbells a unit`, 'bells', bells / (PAGES + OTHER_UNITS), [], {
            atMost: MOST_BELLS,
          }),
        ]
      : []),
  ];
}

function mostOften(statements: readonly Statement[]): string[] {
  return [...statements]
    .sort((a, b) => b.calls - a.calls)
    .slice(0, 12)
    .map(
      ({ whose, text, calls, ms }) =>
        `  ${(calls / PAGES).toFixed(2)} a page, ${(ms / PAGES).toFixed(3)} ms, ${whose}: ${text.replaceAll(/\s+/g, ' ').slice(0, 90)}`,
    );
}

/** BullMQ numbers the bells of a lane one after another. */
async function bellsRung({ redis }: Installation): Promise<number> {
  if (!redis) return 0;
  const client = new Redis(redis.url);
  try {
    return Number((await client.get('docusnap:read:id')) ?? 0);
  } finally {
    client.disconnect();
  }
}
