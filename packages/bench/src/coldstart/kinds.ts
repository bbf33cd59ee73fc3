import { mkdir, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { type OcrStart, startOcrOnce } from './ocr-start.ts';
import { copyOptimised, openingMs } from './optimised.ts';
import type { Stage } from './stage.ts';

/** What a start finds that an earlier one left. */
export interface Kind {
  readonly name: string;
  /** Called before each start. */
  readonly environment: (round: number) => Readonly<Record<string, string>>;
}

export interface Kinds {
  readonly kinds: readonly Kind[];
  /** Processor milliseconds that opening every model once takes, as prepared and as optimised by onnxruntime. */
  opening(): Promise<{ readonly prepared: number; readonly optimised: number }>;
}

/** A service keeps no models of which it measured, while something else ran, that integers are not faster. */
const MOST_STARTS = 6;

const isKept = async (place: string): Promise<boolean> =>
  (await readdir(place)).some((name) => /^[0-9a-f]{32}$/.test(name));

/** What is kept is made by two starts or more that are not counted; `start` does them, with a page waiting each time. */
export async function prepareKinds(
  { folder }: Pick<Stage, 'folder'>,
  start: (environment: Readonly<Record<string, string>>) => Promise<OcrStart>,
): Promise<Kinds> {
  const [prepared, optimised] = [join(folder, 'prepared'), join(folder, 'optimised')];
  const compiled = join(folder, 'compiled');
  const keeping = { NODE_COMPILE_CACHE: compiled, OCR_PREPARED_DIR: prepared };
  await mkdir(prepared, { mode: 0o700 });
  // The second start loads what the first one prepared, which are other programs.
  for (let starts = 0; starts < 2 || !(await isKept(prepared)); starts += 1) {
    if (starts === MOST_STARTS)
      throw new Error(`Nothing was kept in ${MOST_STARTS} starts: the machine does too much else`);
    await start(keeping);
  }
  await copyOptimised(prepared, optimised);
  return {
    kinds: [
      { name: 'models and programs kept (npm start)', environment: () => keeping },
      { name: 'programs kept, models not', environment: () => ({ NODE_COMPILE_CACHE: compiled }) },
      {
        name: 'nothing kept (a new container)',
        environment: (round) => ({ NODE_COMPILE_CACHE: join(folder, `compiled-${round}`) }),
      },
      {
        name: 'kept, models optimised by onnxruntime',
        environment: () => ({ NODE_COMPILE_CACHE: compiled, OCR_PREPARED_DIR: optimised }),
      },
    ],
    opening: async () => ({ prepared: await openingMs(prepared), optimised: await openingMs(optimised) }),
  };
}

/** A page waits, then the service is started with that in its environment. */
export function starterOn(stage: Stage, submitPage: () => Promise<void>, readers: number | undefined) {
  const count = readers === undefined ? {} : { OCR_READERS: String(readers) };
  return async (environment: Readonly<Record<string, string>>): Promise<OcrStart> => {
    await submitPage();
    return startOcrOnce({ ...stage.environment, ...count, ...environment });
  };
}
