import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { temporaryFolder } from '@docusnap/testing';
import { type Figure, figure } from '../report.ts';
import { type RunningSystem, startSystem } from '../system.ts';
import { type Ending, endingOf } from './send.ts';
import { type Seen, watchSystem } from './watch.ts';

/** Bounds for one file of any kind. */
const MOST_SECONDS = 30;
const MOST_MIB = 1_024;
const MIB = 1024 * 1024;

/** Files in hand at a time: as many as readers, so that a file's time is its own. */
const READERS = 2;

export interface Outcome {
  readonly endings: readonly Ending[];
  readonly seen: Seen;
  /** What lies in the folder for temporary files when all is over. */
  readonly leftOver: readonly string[];
}

/** Sends every file to a whole system of its own, started as `npm start` starts it. */
export async function sendAll(
  paths: readonly string[],
  onEnding: (ending: Ending) => void = () => undefined,
): Promise<Outcome> {
  const temporary = await temporaryFolder('hostile');
  try {
    const system = await startSystem({ OCR_READERS: String(READERS), REDIS_URL: '', TMPDIR: temporary.path });
    const { endings, seen } = await sendTo(system, paths, onEnding).finally(() => system.stop());
    return { endings, seen, leftOver: await readdir(temporary.path) };
  } finally {
    await temporary.remove();
  }
}

async function sendTo(system: RunningSystem, paths: readonly string[], onEnding: (ending: Ending) => void) {
  const watch = watchSystem(system);
  const endings: Ending[] = [];
  const waiting = [...paths];
  const sendOn = async () => {
    for (let path = waiting.shift(); path !== undefined; path = waiting.shift()) {
      const ending = await endingOf(system, path);
      endings.push(ending);
      onEnding(ending);
    }
  };
  await Promise.all(Array.from({ length: READERS }, sendOn));
  return { endings, seen: await watch.end() };
}

export function figuresOf({ endings, seen, leftOver }: Outcome): Figure[] {
  const seconds = endings.map(({ ms }) => ms / 1_000);
  const unclean = endings.filter(({ clean }) => !clean).length;
  return [
    figure('files', 'files', endings.length, []),
    figure('files that ended without a result or an error of their own', 'files', unclean, [], { atMost: 0 }),
    figure('longest time of a file', 's', Math.max(0, ...seconds), seconds, { atMost: MOST_SECONDS }),
    figure('most memory of a process', 'MiB', seen.peakBytes / MIB, [], { atMost: MOST_MIB }),
    figure(`times not ready, of ${seen.asked}`, 'times', seen.notReady, [], { atMost: 0 }),
    figure('temporary files left over', 'files', leftOver.length, [], { atMost: 0 }),
  ];
}

/** The files of a folder, by name, or so many of them, spread evenly. */
export async function filesIn(folder: string, count = Number.POSITIVE_INFINITY): Promise<string[]> {
  const names = (await readdir(folder)).sort();
  const taken = Math.min(count, names.length);
  return Array.from({ length: taken }, (_, i) => join(folder, names[Math.floor(((i + 0.5) * names.length) / taken)]!));
}
