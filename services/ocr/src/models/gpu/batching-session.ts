import { AppError } from '@docusnap/contracts';
import type { Session, Tensor } from '@docusnap/engine';
import { BATCH_SIZES, LINE_WIDTHS, stack, stepFor } from './shapes.ts';

/** Milliseconds that a line waits for others to be read with. Not measured: a tenth of what a batch may take. */
const WAIT_MS = 2;

export interface BatchingOptions {
  readonly waitMs?: number;
  readonly widths?: readonly number[];
  /** Ascending; of the last one a batch is full. */
  readonly sizes?: readonly number[];
}

type Tensors = Readonly<Record<string, Tensor>>;

interface Line {
  readonly input: Tensor;
  /** When it came, as of `performance.now`. */
  readonly since: number;
  readonly resolve: (outputs: Tensors) => void;
  readonly reject: (reason: unknown) => void;
}

/**
 * The recogniser on a GPU: lines that are asked for at the same time, by one page or by several, are read together. Lines of like width make a batch;
 * it runs when it is full or its oldest line has waited long enough, the oldest first, one batch after another. So a line waits no longer than that, the
 * batch that runs, and those with older lines.
 *
 * Where a batch fails each of its lines is run again by itself, and only what fails alone is told.
 */
export function openBatchingSession(session: Session, options: BatchingOptions = {}): Session {
  const { waitMs = WAIT_MS, widths = LINE_WIDTHS, sizes = BATCH_SIZES } = options;
  const most = sizes.at(-1) ?? 1;
  const [inputName = ''] = session.inputNames;
  /** By width; no list is empty. */
  const waiting = new Map<number, Line[]>();
  let isRunning = false;
  let timer: NodeJS.Timeout | undefined;

  /** The width whose batch is due: one that is full or whose oldest line has waited, of several that with the oldest line. */
  const dueWidth = (): number | undefined => {
    const now = performance.now();
    const due = [...waiting].filter(
      ([, [oldest, ...others]]) => others.length + 1 >= most || now - oldest!.since >= waitMs,
    );
    return due.sort(([, [one]], [, [other]]) => one!.since - other!.since)[0]?.[0];
  };

  const takeBatch = (width: number): Line[] => {
    const lines = waiting.get(width) ?? [];
    const batch = lines.splice(0, most);
    if (lines.length === 0) waiting.delete(width);
    return batch;
  };

  const runAll = async (): Promise<void> => {
    if (isRunning) return;
    isRunning = true;
    clearTimeout(timer);
    for (let width = dueWidth(); width !== undefined; width = dueWidth()) {
      const batch = takeBatch(width);
      await runBatch(batch, width).catch(() => runSingly(batch, width));
    }
    isRunning = false;
    wait();
  };

  /** Looks again when the oldest line of all will have waited. */
  const wait = (): void => {
    clearTimeout(timer);
    const oldest = Math.min(...[...waiting.values()].map(([line]) => line!.since));
    // A timer may fire some part of a millisecond early.
    if (Number.isFinite(oldest))
      timer = setTimeout(runAll, Math.max(1, Math.ceil(oldest + waitMs - performance.now())));
  };

  const runBatch = async (batch: readonly Line[], width: number): Promise<void> => {
    const size = stepFor(batch.length, sizes);
    const input = stack(
      batch.map((line) => line.input),
      { size, width },
    );
    const outputs = await session.run({ [inputName]: input });
    const answers = batch.map((line, place) => partOf(outputs, { place, size, share: widthOf(line.input) / width }));
    for (const [place, line] of batch.entries()) line.resolve(answers[place]!);
  };

  const runSingly = async (batch: readonly Line[], width: number): Promise<void> => {
    for (const line of batch) await runBatch([line], width).catch(line.reject);
  };

  return {
    inputNames: session.inputNames,
    outputNames: session.outputNames,
    run(inputs) {
      const input = inputs[inputName];
      if (input === undefined || input.dims[0] !== 1) {
        return Promise.reject(new AppError('internal', `Expected one line as "${inputName}".`));
      }
      return new Promise((resolve, reject) => {
        const width = stepFor(widthOf(input), widths);
        const line = { input, since: performance.now(), resolve, reject };
        waiting.set(width, [...(waiting.get(width) ?? []), line]);
        if (isRunning) return;
        if (waiting.get(width)!.length >= most) void runAll();
        else wait();
      });
    },
  };
}

const widthOf = ({ dims }: Tensor): number => dims[3] ?? 0;

interface Part {
  readonly place: number;
  readonly size: number;
  /** The part of the width that is the line's own, 0..1: of its steps as many are. */
  readonly share: number;
}

/** What one line got of outputs [size, steps, classes]: a copy, since it belongs to the caller. */
function partOf(outputs: Tensors, { place, size, share }: Part): Tensors {
  const part = ({ data, dims: [batch = 0, steps = 0, classes = 0] }: Tensor): Tensor => {
    if (batch !== size) throw new AppError('internal', `Expected ${size} answers of the recogniser, got ${batch}.`);
    const own = Math.max(1, Math.round(steps * share));
    const begin = place * steps * classes;
    return { data: data.slice(begin, begin + own * classes), dims: [1, own, classes] };
  };
  return Object.fromEntries(Object.entries(outputs).map(([name, tensor]) => [name, part(tensor)]));
}
