import { randomUUID } from 'node:crypto';
import { describeNeeding } from '@docusnap/testing';
import { expect, test } from '@jest/globals';
import { startReplica } from './rehearsal/replica.ts';
import { openStage } from './rehearsal/stage.ts';

/** Jobs of one page that another tenant has waiting; `npm run bench:fairness` has 10,000, and real pages. */
const WAITING = 120;
/** Milliseconds that the slowest page takes; the others half of that to all of it, or all readers would end theirs at the same moments. */
const PAGE_MS = 200;
const holdMs = (index: number): number => PAGE_MS * (0.5 + (index % 7) / 12);
const READERS = 3;
/**
 * Of the crowd's pages, that end from a page's submission to its own end: each reader ends what it has in hand, and at most two more while the page is
 * read. How long that takes is measured by `npm run bench:fairness`; here the machine may be busy with anything.
 */
const MOST_BEFORE = 3 * READERS;
const SUBMISSIONS = 8;

for (const kind of ['postgres', 'redis'] as const) {
  describeNeeding(kind === 'redis' ? 'redis-server' : null, `with the queue on ${kind}`, () => {
    test("a tenant's page does not wait for those of a tenant that has many waiting", async () => {
      const stage = await openStage(kind);
      const crowd = randomUUID();
      await stage.sql("INSERT INTO tenants (id, name) VALUES ($1, 'crowd')", [crowd]);
      const page = { mediaType: 'image/png', options: { renditions: false } } as const;
      const first = await startReplica(stage, { OCR_READERS: String(READERS) });
      const ended = async (): Promise<number> => {
        const [row] = await stage.sql<{ jobs: number }>(
          'SELECT count(*)::integer AS jobs FROM jobs WHERE tenant_id = $1 AND finished_at IS NOT NULL',
          [crowd],
        );
        return row!.jobs;
      };
      // Its files are stored before: while a disk stalls, the crowd would be read to its end.
      const prepared = Array.from({ length: SUBMISSIONS }, () => {
        const go = Promise.withResolvers<void>();
        return { go: go.resolve, jobId: stage.submit([{ holdMs: PAGE_MS }], { ...page, once: go.promise }) };
      });
      /** The crowd's pages that ended while this one waited and was read, by the database's clock. */
      const between = `
        SELECT count(*)::integer AS jobs FROM jobs crowd, jobs own WHERE own.id = $1 AND crowd.tenant_id = $2
        AND crowd.finished_at BETWEEN own.created_at AND own.finished_at`;
      const own = async ({ go, jobId }: (typeof prepared)[number]): Promise<number> => {
        go();
        const { id } = await stage.ended(await jobId);
        const [row] = await stage.sql<{ jobs: number }>(between, [id, crowd]);
        return row!.jobs;
      };
      await stage.ended(await stage.submit([{ holdMs: PAGE_MS }], page));
      // Nobody reads while the crowd comes: on a busy machine it would be read as fast as it comes.
      await first.stop();
      for (let jobs = 0; jobs < WAITING; jobs += 1) {
        await stage.submit([{ holdMs: holdMs(jobs) }], { ...page, tenantId: crowd });
      }
      const replica = await startReplica(stage, { OCR_READERS: String(READERS) });
      await replica.reaches('docusnap_pages_read_total', 2);
      const before: number[] = [];
      for (const one of prepared) before.push(await own(one));
      const left = WAITING - (await ended());
      await replica.stop();
      await stage.close();
      expect(left).toBeGreaterThan(WAITING / 6);
      // The middle one: while another is looked at, the machine may be busy with something else.
      expect(before.toSorted((a, b) => a - b)[SUBMISSIONS / 2]).toBeLessThanOrEqual(MOST_BEFORE);
    });
  });
}
