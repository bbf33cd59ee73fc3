import { DocuSnapError } from '../../errors.ts';
import { type FileRun, runFile } from './file-run.ts';
import type { Outcome } from './work.ts';

/** Reads one file; what goes wrong with it is an outcome too. What concerns all files, such as a refused key, is thrown. */
export async function outcomeOf(run: FileRun, path: string): Promise<Outcome> {
  try {
    return await runFile(run, path);
  } catch (error) {
    run.signal.throwIfAborted();
    if (!(error instanceof DocuSnapError) || OF_ALL.has(error.code)) throw error;
    const { code, message, retryable, job } = error;
    const failures = [`${message} (${code})`];
    return {
      path,
      status: 'failed',
      job: job?.id ?? null,
      pages: 0,
      failures,
      outputs: [],
      contents: [],
      error: { code, message, retryable },
    };
  }
}

const OF_ALL: ReadonlySet<string> = new Set([
  'unauthorized',
  'forbidden',
  'tenant_suspended',
  'unreachable',
  'schema_unsupported',
]);

/** Acts on all items, at most `limit` at a time, begun in their order; ends with the first error, once what runs has ended. */
export async function limited<Item>(
  items: readonly Item[],
  limit: number,
  act: (item: Item) => Promise<void>,
): Promise<void> {
  const waiting = [...items];
  const goOn = async (): Promise<void> => {
    for (let item = waiting.shift(); item !== undefined; item = waiting.shift()) {
      try {
        await act(item);
      } catch (error) {
        waiting.length = 0;
        throw error;
      }
    }
  };
  const ended = await Promise.allSettled(Array.from({ length: Math.min(limit, items.length) }, goOn));
  const failed = ended.find((one) => one.status === 'rejected');
  if (failed) throw failed.reason;
}
