import { setTimeout as pause } from 'node:timers/promises';
import { type Client, getJob, getPage, isPageReady, openClient, submit, waitForEnd } from '../client.ts';
import { type Figure, figure } from '../report.ts';
import { descendantsOf, findProcess } from '../soak/resident.ts';
import type { RunningSystem } from '../system.ts';
import { repeated } from './page-images.ts';
import { scannedPdf } from './pdfs.ts';
import { countByFrame, readsOf } from './reads.ts';
import { OCR_SCRIPT, onSystem, type Setting, UNCACHED } from './setting.ts';

const LOOK_EVERY_MS = 50;

/** A long scanned PDF whose ocr service, readers and all, is killed in the middle and started again: what is read, and what twice. */
export function measureKill(setting: Setting): Promise<Figure[]> {
  return onSystem(setting, async (system) => {
    const { pages, readers } = setting;
    const client = openClient(system.url, system.key);
    const { job } = await submit(client, 'scanned.pdf', scannedPdf(repeated(setting.images, pages)), UNCACHED);
    while ((await getJob(client, job.id)).pages_done < pages / 2) await pause(LOOK_EVERY_MS);
    killOcr(system);
    const killedAt = Date.now();
    const finished = await finishedFrames(client, job.id, pages);
    const ended = await waitForEnd(client, job.id);
    const seconds = (Date.now() - killedAt) / 1_000;

    const reads = readsOf(system.logs, job.id);
    const readAgain = reads.filter(({ frame, at }) => finished.has(frame) && at > killedAt);
    const twice = [...countByFrame(reads).values()].filter((count) => count > 1);
    const attempts: number[] = [];
    for (let number = 1; number <= pages; number += 1) attempts.push((await getPage(client, job.id, number)).attempts);
    client.agent.destroy();
    return [
      figure('kill: pages read', 'pages', ended.pages_done, [ended.pages_done], { atLeast: pages }),
      figure('kill: pages finished before', 'pages', finished.size, []),
      figure('kill: of those, read again', 'pages', readAgain.length, [], { atMost: 0 }),
      figure('kill: pages read to the end twice', 'pages', twice.length, [], { atMost: readers }),
      figure('kill: pages begun more than once', 'pages', attempts.filter((count) => count > 1).length, attempts, {
        atMost: readers,
      }),
      figure('kill: from the kill to the end', 's', seconds, [seconds]),
    ];
  });
}

/** The main process first, so that it cannot replace a reader. */
function killOcr({ pid }: RunningSystem): void {
  const main = findProcess(pid, OCR_SCRIPT);
  for (const one of [main, ...descendantsOf(main)]) {
    try {
      process.kill(one, 'SIGKILL');
    } catch (error) {
      // It ended by itself when its parent was gone.
      if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
    }
  }
}

/** Frames of pages that are saved; the gateway lives, and nobody reads until the service is back and leases have run out. */
async function finishedFrames(client: Client, job: string, pages: number): Promise<Set<number>> {
  const finished = new Set<number>();
  for (let frame = 0; frame < pages; frame += 1) if (await isPageReady(client, job, frame + 1)) finished.add(frame);
  return finished;
}
