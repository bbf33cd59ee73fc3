import fc from 'fast-check';
import { faultOf } from './judge.ts';
import type { Api, Operation } from './operations.ts';
import { asCurl, prepare, type Sent, send, type Target } from './send.ts';
import { type Shot, shotsAt } from './shots.ts';
import { count, type Tally } from './tally.ts';

/** Requests at one operation before the next one's turn. */
const ROUND = 20;
/** Connections at work at a time. */
const SHOOTERS = 6;
/** Requests that may be spent on making one that fails smaller. */
const MOST_SHRINKS = 60;

export interface ShootOptions {
  readonly requests: number;
  readonly seed: number;
  readonly onFinding: (what: string) => void;
}

/** Sends so many requests at all operations in turn. Equal seeds give equal requests, but for the ids that live. */
export async function shoot(target: Target, api: Api, tally: Tally, options: ShootOptions): Promise<void> {
  const until = tally.requests + options.requests;
  let round = 0;
  const shootOn = async (): Promise<void> => {
    while (tally.requests < until) {
      const number = round;
      round += 1;
      await shootRound(target, api, tally, {
        ...options,
        seed: options.seed + number,
        operation: operationOf(api, number),
      });
    }
  };
  await Promise.all(Array.from({ length: SHOOTERS }, shootOn));
}

/** Submits take every third turn: they reach deepest, and make what the others ask about. */
function operationOf({ operations }: Api, round: number): Operation {
  const submit = operations.find(({ method, path }) => method === 'POST' && path === '/v1/jobs');
  if (round % 3 === 0 && submit !== undefined) return submit;
  return operations[(round - Math.floor(round / 3)) % operations.length]!;
}

async function shootRound(
  target: Target,
  api: Api,
  tally: Tally,
  { seed, onFinding, operation }: ShootOptions & { readonly operation: Operation },
): Promise<void> {
  let smallest: Found | null = null;
  let shrinks = 0;
  const property = fc.asyncProperty(shotsAt(operation, api), async (shot) => {
    if (smallest !== null) shrinks += 1;
    if (shrinks > MOST_SHRINKS) return;
    const { sent, fault, requestId } = await shootOnce(target, tally, shot);
    if (fault === null) return;
    const what = `${shot.method} ${operation.path}: ${fault}`;
    if (tally.findings.has(what)) return;
    smallest = { what, sent, requestId };
    throw new Error(fault);
  });
  await fc.check(property, { seed, numRuns: ROUND });
  const found = smallest as Found | null;
  if (found === null) return;
  tally.findings.set(found.what, {
    what: found.what,
    curl: asCurl(target.url, found.sent),
    requestId: found.requestId,
  });
  onFinding(found.what);
}

interface Found {
  readonly what: string;
  readonly sent: Sent;
  readonly requestId: string;
}

async function shootOnce(
  target: Target,
  tally: Tally,
  shot: Shot,
): Promise<{ sent: Sent; fault: string | null; requestId: string }> {
  const sent = prepare(target, shot);
  const answer = await send(target, sent);
  count(tally, answer);
  if (answer.status >= 200 && answer.status < 300 && shot.caller === 'own') {
    target.ids.learn(shot.method, sent.path.split('?')[0]!, bodyOf(answer.text, answer.headers['content-type']));
  }
  if (answer.status >= 200 && answer.status < 300) tally.done.add(nameOf(shot));
  return { sent, fault: faultOf(shot, sent, answer), requestId: String(answer.headers['x-request-id']) };
}

const nameOf = ({ method, operation: { path } }: Shot): string => `${method} ${path}`;

function bodyOf(text: string, type: unknown): unknown {
  if (!String(type).startsWith('application/json')) return null;
  try {
    return JSON.parse(text);
  } catch {
    // An answer that was cut, since it was long.
    return null;
  }
}
