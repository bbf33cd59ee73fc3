import { randomUUID } from 'node:crypto';
import { describeNeeding } from '@docusnap/testing';
import { expect, jest, test } from '@jest/globals';
import { startReplica } from './rehearsal/replica.ts';
import { openStage } from './rehearsal/stage.ts';

jest.setTimeout(60_000);

/** Jobs of one page that another tenant has waiting; `npm run bench:fairness` has 10,000, and real pages. */
const WAITING = 120;
/** Milliseconds that the slowest page takes; the others half of that to all of it, or all readers would end theirs at the same moments. */
const PAGE_MS = 200;
const holdMs = (index: number): number => PAGE_MS * (0.5 + (index % 7) / 12);
/** Of a page behind the others: twice the time of the slowest page, and this; and what a page alone takes longer on a busy machine, twice too. */
const SLACK_MS = 100;
const SUBMISSIONS = 8;

for (const kind of ['postgres', 'redis'] as const) {
  describeNeeding(kind === 'redis' ? 'redis-server' : null, `with the queue on ${kind}`, () => {
    test("a tenant's page does not wait for those of a tenant that has many waiting", async () => {
      const stage = await openStage(kind);
      const crowd = randomUUID();
      await stage.sql("INSERT INTO tenants (id, name) VALUES ($1, 'crowd')", [crowd]);
      const page = { mediaType: 'image/png', options: { renditions: false } } as const;
      const before = await startReplica(stage, { OCR_READERS: '3' });
      const own = async (): Promise<number> => {
        const startedAt = performance.now();
        await stage.ended(await stage.submit([{ holdMs: PAGE_MS }], page));
        return performance.now() - startedAt;
      };
      const alone: number[] = [];
      for (let jobs = 0; jobs < SUBMISSIONS; jobs += 1) alone.push(await own());
      // Nobody reads while the crowd comes: on a busy machine it would be read as fast as it comes.
      await before.stop();
      for (let jobs = 0; jobs < WAITING; jobs += 1) {
        await stage.submit([{ holdMs: holdMs(jobs) }], { ...page, tenantId: crowd });
      }
      const replica = await startReplica(stage, { OCR_READERS: '3' });
      await replica.reaches('docusnap_pages_read_total', 2);
      const times: number[] = [];
      for (let jobs = 0; jobs < SUBMISSIONS; jobs += 1) times.push(await own());
      const [left] = await stage.sql<{ jobs: number }>(
        'SELECT count(*)::integer AS jobs FROM jobs WHERE tenant_id = $1 AND finished_at IS NULL',
        [crowd],
      );
      await replica.stop();
      await stage.close();
      expect(left?.jobs).toBeGreaterThan(WAITING / 3);
      // One may meet a machine that is busy with something else.
      const second = (all: number[]): number => all.toSorted((a, b) => a - b)[SUBMISSIONS - 2]!;
      expect(second(times)).toBeLessThan(2 * Math.max(PAGE_MS, second(alone)) + SLACK_MS);
    });
  });
}
