import { renditionKeyOf, type Unit } from '@docusnap/contracts';
import type { RenderRequest } from './reader/messages.ts';
import type { Loan } from './readers/pool.ts';
import { unitNames, type Worker } from './worker.ts';

/** Where the page's file lies and what opens it. */
type Source = Pick<RenderRequest, 'blobKey' | 'dataKey' | 'mediaType' | 'password'>;

/** A page that was read, and is to have images. */
export interface PageToShow {
  readonly unit: Unit;
  readonly source: Source;
  /** In the space of its text. */
  readonly size: RenderRequest['size'];
}

/** Has a reader make a page's images, and gives the reader back. Never throws: a page without images is a page all the same. */
export async function makeRenditions(worker: Worker, reader: Loan, page: PageToShow): Promise<void> {
  const { unit } = page;
  const made = await render(worker, reader, page);
  reader.giveBack();
  worker.marks.add({ page: unit, outcome: made ? 'made' : 'failed' });
}

async function render(worker: Worker, reader: Loan, { unit, source, size }: PageToShow): Promise<boolean> {
  const frame = unit.fileFrame ?? 0;
  const keyOf = (rendition: 'small' | 'large') => renditionKeyOf(unit.jobId, unit.fileIndex, frame, rendition);
  try {
    const { stages, bytes } = await reader.ask({
      kind: 'render',
      ...source,
      frame,
      size,
      maxPixels: worker.maxPixels,
      renditionKeys: { small: keyOf('small'), large: keyOf('large') },
    });
    worker.metrics.rendered(stages);
    worker.log.info({ ...unitNames(unit), reader: reader.pid, stages, bytes }, 'renditions');
    return true;
  } catch (err) {
    worker.metrics.renderFailed(err);
    worker.log.warn({ ...unitNames(unit), reader: reader.pid, err }, 'renditions could not be made');
    return false;
  }
}
