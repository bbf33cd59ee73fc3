import { blobPrefixOf, type Unit } from '@docusnap/contracts';
import { claimUnit, claimUnitMarking, markRenditions, type RenditionMark } from '@docusnap/db';
import type { Worker } from './worker.ts';

/** Milliseconds that a mark waits for a claim of this process to go with: with work to do the next one comes sooner. */
const PATIENCE_MS = 25;

/**
 * Keeps what became of pages' images, with the next claim of this process where one comes soon: a transaction for each page would be a third of those that a
 * page takes. Images whose job is gone are removed. Marks that cannot be kept are no failure of a page: the log has them.
 */
export interface RenditionMarks {
  add(mark: RenditionMark): void;
  /** As `claimUnit` of the database. */
  claim(claimant: { readonly holder: string; readonly served: string | null }): Promise<Unit | null>;
  /** Resolves when none is in hand any more. */
  close(): Promise<void>;
}

export function openRenditionMarks({ db, blobs, log }: Pick<Worker, 'db' | 'blobs' | 'log'>): RenditionMarks {
  let waiting: RenditionMark[] = [];
  let timer: NodeJS.Timeout | undefined;
  const working = new Set<Promise<void>>();

  const take = (): RenditionMark[] => {
    const taken = waiting;
    waiting = [];
    clearTimeout(timer);
    timer = undefined;
    return taken;
  };

  /** Written, perhaps, after the job was erased. */
  const remove = (jobId: string): Promise<void> => blobs.removePrefix(blobPrefixOf(jobId));

  const keep = async ({ page, outcome }: RenditionMark): Promise<void> => {
    try {
      if (!(await markRenditions(db, page, outcome))) await remove(page.jobId);
    } catch (err) {
      const { jobId: job, fileIndex: file, fileFrame: frame } = page;
      log.warn({ job, file, frame, err }, 'what became of the images of a page could not be kept');
    }
  };

  const inHand = (work: Promise<unknown>): void => {
    const one: Promise<void> = work.then(() => void working.delete(one));
    working.add(one);
  };

  const keepEach = (marks: readonly RenditionMark[]): void => {
    for (const mark of marks) inHand(keep(mark));
  };
  const keepAlone = (): void => keepEach(take());

  return {
    add(mark) {
      waiting.push(mark);
      timer ??= setTimeout(keepAlone, PATIENCE_MS);
    },
    async claim(claimant) {
      const marks = take();
      if (marks.length === 0) return claimUnit(db, claimant);
      try {
        const { unit, gone, busy } = await claimUnitMarking(db, claimant, marks);
        keepEach(busy);
        for (const job of new Set(gone))
          inHand(
            remove(job).catch((err: unknown) => log.warn({ job, err }, 'images of an erased job could not be removed')),
          );
        return unit;
      } catch (error) {
        // Not with the next claim: one that cannot be kept would hold up all claims in turn.
        keepEach(marks);
        throw error;
      }
    },
    async close() {
      keepAlone();
      await Promise.all(working);
    },
  };
}
