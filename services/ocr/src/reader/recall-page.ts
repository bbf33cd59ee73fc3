import { openBytes } from '@docusnap/blobs';
import type { PageText } from '@docusnap/contracts';
import type { Recall } from './messages.ts';

/** The text of an equal page that was read before; null when none is known, or what is known cannot be opened. */
export async function recallPage(recall: Recall, fingerprint: Uint8Array): Promise<PageText | null> {
  const known = await recall(fingerprint);
  if (!known) return null;
  try {
    const json = await openBytes(Buffer.from(known.dataKey), known.sealContext, known.sealed);
    // Not validated again: it was when it was written, and the seal says that it is the same.
    return JSON.parse(json.toString('utf8')) as PageText;
  } catch {
    // Another job's damaged page is told to those who ask for it; this page can be read.
    return null;
  }
}
