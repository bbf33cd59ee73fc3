import { type AppError, toAppError } from '@docusnap/contracts';
import type { ReaderDeath } from '@docusnap/db';
import { ReaderLost } from './readers/reader-lost.ts';

/**
 * What a failure means for the unit that was being worked on.
 *
 * - `document`: the file or page cannot be read, and trying again would not change it. It is failed for good.
 * - `death`: the attempt cost a reader: it died, took too long, or threw what nobody expected. Counted; after two the unit is set aside with
 *   the code given, so that nothing comes round for ever.
 * - `stopped`: this process is stopping. The unit is handed back as if it had not been claimed.
 * - `passing`: the database or the stored file was out of reach, or this process itself failed. The unit is left to the end of its lease:
 *   handed back at once it would be claimed again at once, round and round. So it rests for some seconds, and each round counts as a claim,
 *   which bounds them.
 * - `lost`: another worker has the unit; there is nothing to say about it.
 */
export type Verdict =
  | { readonly kind: 'document'; readonly error: AppError }
  | { readonly kind: 'death'; readonly code: ReaderDeath }
  | { readonly kind: 'stopped' }
  | { readonly kind: 'passing' }
  | { readonly kind: 'lost' };

export function judge(error: unknown): Verdict {
  if (error instanceof ReaderLost) {
    if (error.how === 'stopped') return { kind: 'stopped' };
    return { kind: 'death', code: error.how === 'timeout' ? 'page_timeout' : 'page_poisonous' };
  }
  const known = toAppError(error);
  if (known.code === 'lease_lost') return { kind: 'lost' };
  // 422: this file or page cannot be read, ever. Damaged blobs do not heal either; and a file with more pages than are left of the day is read
  // again by a retry, on another day.
  if (known.status === 422 || known.code === 'blob_damaged' || known.code === 'page_budget_spent')
    return { kind: 'document', error: known };
  return { kind: 'passing' };
}
