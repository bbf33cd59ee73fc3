import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import type { JobBody } from '@docusnap/contracts';
import { type Answer, type Api, Unclear } from './api.ts';
import { type Entry, type Ledger, openEntries } from './ledger.ts';
import { drawOrder, formOf, type Order } from './order.ts';
import type { Sheet } from './sheets.ts';

/** Callers that submit at a time. */
const LANES = 4;
/** Jobs that may be open at a time: enough that every reader always has work, few enough that the end comes soon after the last fault. */
const MOST_OPEN = 30;
const LOOK_EVERY_MS = 100;
/** Between tries of a submit that was refused for now or that nobody answered. */
const AGAIN_MS = 400;

export interface Submitting {
  readonly api: Api;
  readonly ledger: Ledger;
  readonly sheets: readonly Sheet[];
  readonly random: () => number;
  /** Whether an Idempotency-Key is honoured; without it nothing is sent twice. */
  readonly idempotent: boolean;
  /** Aborted when no more is to be submitted. */
  readonly over: AbortSignal;
  readonly onAccepted: (entry: Entry) => void;
}

/** Submits one job after another from several callers until it is over. */
export async function submitAllTheWhile(submitting: Submitting): Promise<void> {
  const { ledger, over, sheets, random } = submitting;
  const lane = async (): Promise<void> => {
    while (!over.aborted) {
      if (openEntries(ledger).length >= MOST_OPEN) await pause(LOOK_EVERY_MS);
      else await submitOrder(submitting, drawOrder(sheets, random, randomUUID()));
    }
  };
  await Promise.all(Array.from({ length: LANES }, lane));
}

async function submitOrder(submitting: Submitting, order: Order): Promise<void> {
  const { ledger, idempotent } = submitting;
  ledger.counts.submits += 1;
  const accepted = await untilAccepted(submitting, order);
  if (!accepted) return;
  const known = [...ledger.entries.values()].find(({ id }) => id === accepted.id);
  if (known) {
    ledger.wrong('duplicated', `two submits were answered with one job ${accepted.id}`);
    return;
  }
  const entry: Entry = { order, id: accepted.id, state: 'open', endedAt: null, pages: [], poisonous: 0 };
  ledger.entries.set(accepted.id, entry);
  submitting.onAccepted(entry);
  if (!idempotent || !order.again) return;
  ledger.counts.repeated += 1;
  const again = await untilAccepted(submitting, order);
  if (again && again.id !== accepted.id)
    ledger.wrong('duplicated', `one key gave the jobs ${accepted.id} and ${again.id}`);
}

/** Undefined when it was refused, or when it is not known what became of it. */
async function untilAccepted(submitting: Submitting, order: Order): Promise<JobBody | undefined> {
  const { ledger, idempotent, over } = submitting;
  for (;;) {
    const answer = await trySubmit(submitting, order);
    // 200: under this key it was taken before, and its job has ended since.
    if (answer?.status === 202 || (idempotent && answer?.status === 200)) {
      ledger.unclear.delete(order.token);
      return answer.body as JobBody;
    }
    // A 5xx may hide a commit whose answer was lost: the gateway then erases what it made, but not if it dies.
    const isUnclear = !answer || answer.status >= 500;
    if (isUnclear) ledger.unclear.add(order.token);
    const isPassing = answer !== null && (answer.status === 409 || answer.status === 429 || answer.status === 425);
    if (!isUnclear && !isPassing) {
      ledger.counts.refused += 1;
      ledger.wrong('lost', `a submit was refused with ${answer?.status}: ${JSON.stringify(answer?.body)}`);
      return undefined;
    }
    if (over.aborted || (isUnclear && !idempotent)) return undefined;
    await pause(AGAIN_MS);
  }
}

async function trySubmit({ api, idempotent }: Submitting, order: Order): Promise<Answer | null> {
  const headers: Record<string, string> = idempotent ? { 'idempotency-key': order.token } : {};
  try {
    return await api.call('POST', '/v1/jobs', { body: formOf(order), headers });
  } catch (error) {
    if (!(error instanceof Unclear)) throw error;
    return null;
  }
}
