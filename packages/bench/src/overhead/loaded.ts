import { openClient } from '../client.ts';
import { OCR_SCRIPT } from '../documents/setting.ts';
import { endedChildrenMs, processorMs } from '../gateway/processor-time.ts';
import { descendantsOf, findProcess } from '../soak/resident.ts';
import type { RunningSystem } from '../system.ts';
import { overheadOf, timeJob } from './one-job.ts';

export interface Loaded {
  readonly pagesPerSecond: number;
  /** Milliseconds of processor time of the readers, a page: decode, readPage and the two renditions, with what they are handed over by. */
  readonly threadMs: number;
  /** Of each job, beside decode and readPage; it waits for a reader in it. */
  readonly overheads: readonly number[];
}

/** Clients for each reader: one job in hand, and another that waits. */
const CLIENTS_A_READER = 2;

/** So many jobs of one page by clients that each submit the next when the last has ended, on a system that is warm. */
export async function measureLoaded(system: RunningSystem, jobs: number, readers: number): Promise<Loaded> {
  const ocr = findProcess(system.pid, OCR_SCRIPT);
  // A reader that has read its share is replaced, and its time is then that of a child that has ended.
  const readersMs = () => descendantsOf(ocr).reduce((sum, pid) => sum + processorMs(pid), endedChildrenMs(ocr));
  const overheads: number[] = [];
  let left = jobs;
  const work = async (): Promise<void> => {
    const client = openClient(system.url, system.key);
    while (left > 0) {
      left -= 1;
      overheads.push(overheadOf(await timeJob(client)));
    }
    client.agent.destroy();
  };
  const [begun, spent] = [performance.now(), readersMs()];
  await Promise.all(Array.from({ length: CLIENTS_A_READER * readers }, work));
  const seconds = (performance.now() - begun) / 1_000;
  return { pagesPerSecond: jobs / seconds, threadMs: (readersMs() - spent) / jobs, overheads };
}
