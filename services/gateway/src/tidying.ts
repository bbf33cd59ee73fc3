import { keepPartitions, takeTurn } from '@docusnap/db';
import type { RetentionPorts } from './retention/remove-erased.ts';
import { sweepOrphans } from './retention/sweep-orphans.ts';

const HOUR_MS = 3_600_000;
/** Less than an hour, so that a gateway whose clock runs a little fast does not find its own turn too early and wait another hour. */
const TURN_SECONDS = 3_000;
/** Longer than the longest upload that is still moving. */
const ABANDONED_MS = 24 * HOUR_MS;

/**
 * Now and each hour: removes what processes that were killed in mid-upload left in the blob store, and blobs without a job; looks after the
 * partitions. Of several gateways one does each of the latter.
 */
export function startTidying(ports: RetentionPorts): { stop(): Promise<void> } {
  const chores = [
    async () => {
      const removed = await ports.blobs.sweepTemporary(ABANDONED_MS);
      if (removed > 0) ports.log.info({ removed }, 'files of uploads that never ended were removed');
    },
    async () => {
      if (!(await takeTurn(ports.db, 'orphans', { everySeconds: TURN_SECONDS }))) return;
      const removed = await sweepOrphans(ports, { olderThanMs: ABANDONED_MS });
      if (removed > 0) ports.log.info({ removed }, 'blobs without a job were removed');
    },
    async () => {
      if (!(await takeTurn(ports.db, 'partitions', { everySeconds: TURN_SECONDS }))) return;
      const { leftOver, ...kept } = await keepPartitions(ports.db);
      if (leftOver.length > 0) ports.log.warn({ tables: leftOver }, 'partitions were left as they are: tables in use');
      if (kept.made + kept.dropped > 0) ports.log.info(kept, 'partitions were made and dropped');
    },
  ];
  const tidy = async (): Promise<void> => {
    for (const chore of chores) {
      await chore().catch((err: unknown) => ports.log.warn({ err }, 'tidying failed; the next hour tries again'));
    }
  };
  let round = tidy();
  const timer = setInterval(() => {
    round = round.then(tidy);
  }, HOUR_MS);
  return {
    stop() {
      clearInterval(timer);
      return round;
    },
  };
}
