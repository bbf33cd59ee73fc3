import { AppError } from '@docusnap/contracts';
import type { Database } from './connection.ts';
import { isConnectionLost, toDatabaseError } from './errors.ts';

/** A kind of read that many ask for at a time, each for one thing. */
export interface GatheredRead<Asked, Found> {
  /** Equal for what may share one answer. */
  readonly keyOf: (asked: Asked) => string;
  /** What was found for each, in their order; one statement. */
  readonly readAll: (db: Database, asked: readonly Asked[]) => Promise<readonly Found[]>;
}

/** Of one kind of read over one role's connections. */
interface Gathering {
  /** Asked for, and not sent yet. */
  waiting: Map<string, Waiting>;
  underWay: number;
  /** The last one, where it was sent so lately that a few others had better wait for its rows. */
  fresh: object | null;
  isDue: boolean;
}

interface Waiting {
  readonly asked: unknown;
  readonly found: PromiseWithResolvers<unknown>;
}

/** Statements of a kind under way at a time: a second one keeps the server at work while this process takes the first one's rows. */
const MOST_UNDER_WAY = 2;
/**
 * Reads that are worth a second statement; fewer wait for the first, but not for longer than a statement usually takes. At half of the rate that a gateway can
 * answer, each poll or two had a statement of its own else, and a poll cost twice of what it costs at the highest rate (52 us). With 8 it cost 96 us, with 32 82.
 */
const WORTH_A_SECOND = 32;
const FRESH_MS = 2;
/**
 * Milliseconds after which others no longer wait for a statement. Its connection may be one of which nothing comes for many seconds: whoever asks next
 * has nothing to do with that, and the pool has more.
 */
const PATIENCE_MS = 300;
/** Reads of one statement. A job of a thousand files takes a megabyte, and the answers of a statement are in memory together. */
const MOST_TOGETHER = 64;

/** By kind of read. */
export type Gatherings = Map<object, Gathering>;

/**
 * Reads one thing, in one statement with whatever else of its kind is asked for in the same turn of the event loop, or while the statements
 * before are under way. Who is alone is sent at the end of the turn; a few wait for the statement before, if it was sent just now. What is found is as it
 * was after it was asked for, since no statement that is under way takes another one in.
 *
 * A poll cost 65 us of this process's time for the round trip of its statement, and another 65 for that of its key; together with the others of its turn it
 * costs a fifth of that, and PostgreSQL less, too.
 */
export function readGathered<Asked, Found>(
  db: Database,
  kind: GatheredRead<Asked, Found>,
  asked: Asked,
): Promise<Found> {
  const gathering = gatheringOf(db, kind);
  const key = kind.keyOf(asked);
  const same = gathering.waiting.get(key);
  if (same) return same.found.promise as Promise<Found>;
  const found = Promise.withResolvers<Found>();
  gathering.waiting.set(key, { asked, found: found as PromiseWithResolvers<unknown> });
  sendSoon(db, kind, gathering);
  return found.promise;
}

function gatheringOf<Asked, Found>(db: Database, kind: GatheredRead<Asked, Found>): Gathering {
  const known = db.gatherings.get(kind);
  if (known) return known;
  const gathering: Gathering = { waiting: new Map(), underWay: 0, fresh: null, isDue: false };
  db.gatherings.set(kind, gathering);
  return gathering;
}

function sendSoon<Asked, Found>(db: Database, kind: GatheredRead<Asked, Found>, gathering: Gathering): void {
  if (gathering.isDue || gathering.underWay >= MOST_UNDER_WAY || gathering.waiting.size === 0) return;
  if (gathering.fresh && gathering.waiting.size < WORTH_A_SECOND) return;
  gathering.isDue = true;
  setImmediate(() => {
    gathering.isDue = false;
    void send(db, kind, gathering);
  });
}

/** Never rejects: who asked is told. */
async function send<Asked, Found>(db: Database, kind: GatheredRead<Asked, Found>, gathering: Gathering): Promise<void> {
  const all = [...gathering.waiting];
  const taken = all.slice(0, MOST_TOGETHER);
  // A new map, instead of deleting from one that is kept: whenever that grows anew, V8's old table leads to the next one, so that one old table in the old
  // generation keeps all later ones, and what they held, until everything is collected (stops of some 60 ms on one core, every 4 s of polls).
  gathering.waiting = new Map(all.slice(MOST_TOGETHER));
  gathering.underWay += 1;
  gathering.fresh = taken;
  let isUnderWay = true;
  const letFewGo = (): void => {
    if (gathering.fresh === taken) gathering.fresh = null;
    sendSoon(db, kind, gathering);
  };
  const letOthersGo = (): void => {
    if (isUnderWay) gathering.underWay -= 1;
    isUnderWay = false;
    letFewGo();
  };
  const fresh = setTimeout(letFewGo, FRESH_MS);
  const timer = setTimeout(letOthersGo, PATIENCE_MS);
  sendSoon(db, kind, gathering);
  await answer(
    db,
    kind,
    taken.map(([, one]) => one),
  );
  clearTimeout(fresh);
  clearTimeout(timer);
  // They have waited as long as those who were just told, and would wait for another question.
  if (db.presence?.isAway()) tellAway(gathering);
  letOthersGo();
}

function tellAway(gathering: Gathering): void {
  for (const { found } of gathering.waiting.values()) found.reject(new AppError('database_unavailable'));
  gathering.waiting = new Map();
}

async function answer<Asked, Found>(
  db: Database,
  kind: GatheredRead<Asked, Found>,
  waiting: readonly Waiting[],
): Promise<void> {
  const read = () =>
    kind.readAll(
      db,
      waiting.map(({ asked }) => asked as Asked),
    );
  try {
    const found = await read().catch((error: unknown) => {
      // One connection that breaks is no reason for all of these to fail: it was one of them before they went together.
      if (waiting.length === 1 || !isConnectionLost(error) || db.presence?.isAway()) throw error;
      return read();
    });
    for (const [index, one] of waiting.entries()) one.found.resolve(found[index]);
  } catch (error) {
    // What one of them asked for cannot be asked, or its row cannot be read: the others have nothing to do with that.
    if (waiting.length > 1 && toDatabaseError(error).code !== 'database_unavailable') {
      for (const one of waiting) await answer(db, kind, [one]);
    } else {
      for (const one of waiting) one.found.reject(error);
    }
  }
}
