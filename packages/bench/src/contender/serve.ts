import type { PageText } from '@docusnap/contracts';
import type { Inference } from './inference.ts';
import type {
  DecodeTask,
  Floor,
  FromContender,
  PageFile,
  Reading,
  ReadLine,
  Task,
  ToContender,
  Whole,
} from './messages.ts';

/** One way to read pages. */
export interface Contender {
  /** Brings a page into memory in the shape it is taken in; what it gives reads that page, and only that is timed. */
  load(page: PageFile): Promise<() => Promise<readonly ReadLine[]>>;
  /** Where it can be seen. */
  readonly inference?: Inference;
  /** Only our own process decodes, so that all contenders get the same pixels. */
  decode?(task: DecodeTask): Promise<PageFile>;
  /** Only our own engine finds more than lines. */
  readWhole?(page: PageFile): Promise<PageText>;
  /** Peak resident bytes of processes that it started and that are gone again. */
  childrenPeakRss?(): number;
}

/** The whole life of a contender's process: opens, then answers tasks until the benchmark lets go of the channel. */
export async function serveContender(open: () => Promise<Contender>): Promise<void> {
  if (!process.send) throw new Error('This process is started by a benchmark, not by hand.');
  const tell = (message: FromContender): void => {
    if (process.connected) process.send?.(message);
  };
  const contender = await open().catch((error: unknown) => {
    tell({ kind: 'unable', reason: reasonOf(error) });
    process.disconnect();
  });
  if (!contender) return;
  let last = Promise.resolve();
  process.on('message', ({ id, task }: ToContender) => {
    last = last.then(async () => {
      try {
        const result = await answer(contender, task);
        tell({ kind: 'done', id, result, childrenPeakRss: contender.childrenPeakRss?.() ?? 0 });
      } catch (error) {
        tell({ kind: 'failed', id, reason: reasonOf(error) });
      }
    });
  });
  tell({ kind: 'ready' });
}

async function answer(contender: Contender, task: Task): Promise<PageFile | Reading | Floor | Whole> {
  if (task.kind === 'decode') {
    if (!contender.decode) throw new Error('This contender does not decode.');
    return contender.decode(task);
  }
  if (task.kind === 'whole') {
    if (!contender.readWhole) throw new Error('This contender gives lines only.');
    const started = performance.now();
    const text = await contender.readWhole(task.page);
    return { text, ms: performance.now() - started };
  }
  const read = await contender.load(task.page);
  if (task.kind === 'read') return timed(contender, read);
  if (!contender.inference) throw new Error('The inference of this contender cannot be seen.');
  const { ms: readingMs } = await timed(contender, read);
  const recorded = await contender.inference.record(read);
  return { ms: await recorded.again(), readingMs };
}

async function timed({ inference }: Contender, read: () => Promise<readonly ReadLine[]>): Promise<Reading> {
  const before = inference?.ms();
  const started = performance.now();
  const lines = await read();
  const ms = performance.now() - started;
  return { lines, ms, inferenceMs: inference && before !== undefined ? inference.ms() - before : null };
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
