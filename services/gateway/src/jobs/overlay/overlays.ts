import { Worker } from 'node:worker_threads';
import { AppError } from '@docusnap/contracts';
import type { FilledBlank, Filling, Leaf, ReadLeaf } from '@docusnap/formats';
import { asError } from '../stored-failure.ts';
import type { Answer, Question } from './messages.ts';
import { openTurns } from './turns.ts';

/** What one thread may take: objects of a parsed PDF are many times larger than its bytes. */
const HEAP_MIB = 1_024;
/**
 * Of that, and of what lies beside the heap, where its limit does not hold: the file itself, and its streams as they are unpacked. One of 1 MB may
 * unpack to 1 GiB (it took 40 s, and the gateway 1.7 GiB), so it is looked at while the thread works.
 */
const MOST_BYTES = HEAP_MIB * 1024 * 1024;
const LOOK_EVERY_MS = 100;
/** For one step; parsing the largest PDF that is taken needs some seconds. */
const STEP_MS = 60_000;
const TOO_MUCH = 'Adding a text layer to this PDF takes more time or memory than one may take.';

/** A PDF as it is stored. */
export interface StoredPdf {
  readonly bytes: number;
  readonly open: () => AsyncIterable<Uint8Array>;
}

export interface OverlayOptions {
  readonly tenantId: string;
  readonly signal: AbortSignal;
  /** Values for its blanks. */
  readonly filling?: Filling | undefined;
}

export interface Overlays {
  /**
   * What is to be written after the bytes of a PDF so that the words of its pages lie upon it. It waits until few enough others run; the PDF is
   * opened after that. Throws `gateway_busy` where too many wait.
   */
  run(pdf: StoredPdf, leaves: AsyncIterable<Leaf>, options: OverlayOptions): Promise<Uint8Array>;
}

export interface OverlaysOptions {
  /** How many PDFs are worked on at once; each has a thread and the memory of one. */
  readonly atOnce: number;
  /** Bytes that one may take. */
  readonly mostBytes?: number;
}

export function openOverlays({ atOnce, mostBytes = MOST_BYTES }: OverlaysOptions): Overlays {
  const turns = openTurns(atOnce);

  return {
    run: async (pdf, leaves, { tenantId, signal, filling }) => {
      const end = await turns.take(tenantId, signal);
      try {
        return await overlay(pdf, leaves, { signal, filling, mostBytes });
      } finally {
        end();
      }
    },
  };
}

async function overlay(
  pdf: StoredPdf,
  leaves: AsyncIterable<Leaf>,
  { signal, filling, mostBytes }: Omit<OverlayOptions, 'tenantId'> & { readonly mostBytes: number },
): Promise<Uint8Array> {
  const bytes = await gathered(pdf);
  const thread = new Worker(new URL('./main.ts', import.meta.url), {
    resourceLimits: { maxOldGenerationSizeMb: HEAP_MIB },
  });
  // It may run out of memory while nobody asks it, or once it was given up: unheard, that would end this process.
  thread.on('error', () => undefined);
  const watch = watchMemory(thread, mostBytes);
  try {
    await ask(thread, { ask: 'open', bytes, filling }, { signal, transfer: [bytes.buffer] });
    for await (const leaf of leaves) {
      if (!leaf.page) continue;
      const page =
        leaf.kind === 'page' ? { text: leaf.text, blanks: blanksOf(filling, leaf) } : { reason: leaf.reason };
      await ask(thread, { ask: 'add', frame: leaf.page.fileFrame, page }, { signal });
    }
    const answer = await ask(thread, { ask: 'finish' }, { signal });
    if (!('added' in answer)) throw new AppError('internal');
    return answer.added;
  } finally {
    clearInterval(watch);
    await thread.terminate();
  }
}

function blanksOf(filling: Filling | undefined, { number }: ReadLeaf): readonly FilledBlank[] {
  return filling?.blanks.filter(({ page }) => page === number) ?? [];
}

/** Each piece is copied as it comes: copying a large file at once would hold this thread up. */
async function gathered({ bytes, open }: StoredPdf): Promise<Uint8Array<ArrayBuffer>> {
  const whole = new Uint8Array(bytes);
  let at = 0;
  for await (const piece of open()) {
    whole.set(piece, at);
    at += piece.length;
  }
  return whole;
}

function watchMemory(thread: Worker, mostBytes: number): NodeJS.Timeout {
  let looking = false;
  return setInterval(async () => {
    if (looking) return;
    looking = true;
    // Null once the thread is gone, which whoever asks it is told.
    const taken = await thread.getHeapStatistics().catch(() => null);
    looking = false;
    if (taken && taken.total_heap_size + taken.external_memory > mostBytes) await thread.terminate();
  }, LOOK_EVERY_MS);
}

async function ask(
  thread: Worker,
  question: Question,
  { signal, transfer = [] }: { readonly signal: AbortSignal; readonly transfer?: readonly ArrayBuffer[] },
): Promise<Answer> {
  signal.throwIfAborted();
  const heard = Promise.withResolvers<Answer>();
  const timer = setTimeout(() => heard.reject(new AppError('not_acceptable', TOO_MUCH)), STEP_MS);
  const gone = (): void => heard.reject(signal.reason);
  const died = (cause?: unknown): void => heard.reject(new AppError('not_acceptable', TOO_MUCH, { cause }));
  signal.addEventListener('abort', gone);
  thread.once('message', heard.resolve).once('error', died).once('exit', died);
  thread.postMessage(question, [...transfer]);
  try {
    const answer = await heard.promise;
    if ('failure' in answer) throw asError(answer.failure);
    return answer;
  } finally {
    clearTimeout(timer);
    signal.removeEventListener('abort', gone);
    thread.off('message', heard.resolve).off('error', died).off('exit', died);
  }
}
