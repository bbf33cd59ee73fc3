import { jobContext, newDataKey } from '@docusnap/blobs';
import { blobKeyOf, type WrappedKey } from '@docusnap/contracts';
import type { NewFile } from '@docusnap/db';
import type { Ports } from '../ports.ts';
import { newJobId } from './job-id.ts';

/** A job that is not one yet: nobody sees it before its rows are written. */
export interface Draft {
  readonly id: string;
  /** Seals its files. */
  readonly dataKey: Buffer;
  readonly key: WrappedKey;
}

export function newDraft(ports: Pick<Ports, 'masterKeys'>, id: string = newJobId()): Draft {
  const { dataKey, wrapped } = newDataKey(ports.masterKeys, jobContext(id));
  return { id, dataKey, key: wrapped };
}

/** Drafts that queue up in this order: among jobs of the same moment that with the smaller id goes first. */
export function newDrafts(ports: Pick<Ports, 'masterKeys'>, count: number): Draft[] {
  const ids = Array.from({ length: count }, newJobId).toSorted((one, other) => (one < other ? -1 : 1));
  return ids.map((id) => newDraft(ports, id));
}

/**
 * Gives each file of a draft to one of its own, in order. They are sealed anew, since a job's key opens the files of that job only; and
 * only now, since a form may say after its files what is to become of them.
 */
export async function dealFiles(
  { blobs }: Pick<Ports, 'blobs'>,
  from: Draft & { readonly files: readonly NewFile[] },
  to: readonly Draft[],
): Promise<void> {
  for (const [index, draft] of to.entries()) {
    await blobs.put(blobKeyOf(draft.id, 0), draft.dataKey, blobs.get(blobKeyOf(from.id, index), from.dataKey));
  }
}
