import { setTimeout as delay } from 'node:timers/promises';
import { jobContext, type MasterKeys, rewrapDataKey, webhookSecretContext } from '@docusnap/blobs';
import { AppError } from '@docusnap/contracts';
import {
  type Database,
  nextOldKeys,
  type OldKey,
  type RewrappedKey,
  saveRewrappedKeys,
  WRAPPED_PLACES,
  type WrappedPlace,
} from '@docusnap/db';
import { answerContext } from '../once/show-again.ts';

/** Data keys wrapped anew in one statement: a few milliseconds of the rows' locks. */
const BATCH = 500;
/** Passes in a row that may find some rows held by others, and the pause between them in milliseconds. */
const PASSES = 30;
const PAUSE_MS = 1_000;

/** What the keys of a place are bound to. */
const CONTEXTS: Readonly<Record<WrappedPlace, (owner: string) => string>> = {
  jobs: jobContext,
  webhook_secrets: webhookSecretContext,
  idempotency_keys: answerContext,
};

export interface RewrapOptions {
  /** Told of each batch: how many keys were wrapped anew so far. */
  readonly onProgress: (done: number) => void;
  readonly signal: AbortSignal;
  readonly batch?: number;
}

export interface Rewrapped {
  readonly done: number;
  /** Data keys under master keys that MASTER_KEY does not hold, and such as could not be opened, by their reason. */
  readonly failed: ReadonlyMap<string, number>;
}

/**
 * Wraps every data key that is wrapped under another than the current master key anew. The work is in the rows: what is done stays done when this is
 * stopped, and the next run goes on with what is left. Those who serve meanwhile are not held up: rows that they hold are come back to.
 */
export async function rewrapAll(db: Database, masterKeys: MasterKeys, options: RewrapOptions): Promise<Rewrapped> {
  let done = 0;
  for (let pass = 0; ; pass += 1) {
    const failed = new Map<string, number>();
    let held = 0;
    for (const place of WRAPPED_PLACES) {
      for await (const batch of oldKeys(db, place, masterKeys.currentId, options)) {
        const rewrapped = batch.flatMap((old) => rewrapOne(masterKeys, place, old, failed));
        const saved = await saveRewrappedKeys(db, place, rewrapped);
        done += saved;
        held += rewrapped.length - saved;
        options.onProgress(done);
      }
    }
    if (held === 0 || pass + 1 === PASSES || options.signal.aborted) return { done, failed };
    await delay(PAUSE_MS, undefined, { signal: options.signal }).catch(() => undefined);
  }
}

async function* oldKeys(
  db: Database,
  place: WrappedPlace,
  currentId: string,
  { batch = BATCH, signal }: RewrapOptions,
): AsyncGenerator<OldKey[]> {
  let after: readonly string[] | null = null;
  while (!signal.aborted) {
    const found: OldKey[] = await nextOldKeys(db, place, { currentId, after, limit: batch });
    const last = found.at(-1);
    if (!last) return;
    yield found;
    after = last.row;
  }
}

/** None when it cannot be opened, which is counted by its reason. */
function rewrapOne(
  masterKeys: MasterKeys,
  place: WrappedPlace,
  { row, owner, key }: OldKey,
  failed: Map<string, number>,
): RewrappedKey[] {
  try {
    return [{ row, was: key, now: rewrapDataKey(masterKeys, key, CONTEXTS[place](owner)) }];
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    const reason =
      error.code === 'master_key_missing'
        ? `MASTER_KEY does not hold "${key.masterKeyId}"`
        : `damaged, or "${key.masterKeyId}" is another key than the one that wrapped them`;
    failed.set(reason, (failed.get(reason) ?? 0) + 1);
    return [];
  }
}
