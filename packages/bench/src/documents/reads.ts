import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';

/** A reading of a page that came to its end, as the ocr service logged it. */
export interface Read {
  /** Page of its file, from 0. */
  readonly frame: number;
  /** Milliseconds since 1970. */
  readonly at: number;
}

const UnitEnded = z.object({
  msg: z.literal('unit ended'),
  kind: z.literal('read'),
  outcome: z.literal('done'),
  job: z.string(),
  frame: z.int(),
  time: z.iso.datetime().transform((time) => Date.parse(time)),
});

/** What the logs of the ocr service say of a job's pages, those of processes that are gone included. */
export function readsOf(logFolder: string, job: string): Read[] {
  const files = ['ocr.log.1', 'ocr.log'].map((name) => join(logFolder, name)).filter((file) => existsSync(file));
  return files.flatMap((file) => readsIn(readFileSync(file, 'utf8'), job));
}

/** Lines that are no JSON, or say other things, are passed over: a killed process may have left half a line. */
export function readsIn(log: string, job: string): Read[] {
  return log.split('\n').flatMap((line) => {
    const parsed = UnitEnded.safeParse(asJson(line));
    return parsed.success && parsed.data.job === job ? [{ frame: parsed.data.frame, at: parsed.data.time }] : [];
  });
}

function asJson(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}

/** How often each page was read to the end, by frame. */
export function countByFrame(reads: readonly Read[]): Map<number, number> {
  const counts = new Map<number, number>();
  for (const { frame } of reads) counts.set(frame, (counts.get(frame) ?? 0) + 1);
  return counts;
}
