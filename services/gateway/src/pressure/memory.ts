import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/**
 * Bytes of memory that can still be had: of the machine, or of the container where that has fewer. Null where this cannot be told, which is
 * everywhere but on Linux.
 *
 * Pages of files that were read or written once count as free: the kernel gives them up first. (`process.availableMemory()` counts them as used, so after
 * some uploads a container would seem full.)
 *
 * @param root where /proc and /sys are
 */
export function freeMemory(root = '/'): number | null {
  // A few files that are no files: reading them takes some tens of microseconds and never waits for a disk.
  const meminfo = textOf(join(root, 'proc/meminfo'));
  const [, kib] = /^MemAvailable:\s+(\d+) kB$/m.exec(meminfo ?? '') ?? [];
  if (kib === undefined) return null;
  return Math.min(Number(kib) * 1024, ...containersFree(root));
}

/** Of this process's control group and all around it, what each that has a limit has left. Version 2, or the memory controller of version 1. */
function containersFree(root: string): number[] {
  const groups = textOf(join(root, 'proc/self/cgroup')) ?? '';
  const [, two] = /^0::(\/.*)$/m.exec(groups) ?? [];
  const [, one] = /^\d+:(?:[^:]*,)?memory(?:,[^:]*)?:(\/.*)$/m.exec(groups) ?? [];
  const free: number[] = [];
  if (one !== undefined) {
    const folder = join(root, 'sys/fs/cgroup/memory');
    for (const path of upwards(folder, one)) {
      free.push(left(path, ['memory.limit_in_bytes', 'memory.usage_in_bytes'], 'total_inactive_file'));
    }
  } else if (two !== undefined) {
    const folder = join(root, 'sys/fs/cgroup');
    for (const path of upwards(folder, two)) free.push(left(path, ['memory.max', 'memory.current'], 'inactive_file'));
  }
  return free;
}

/** The folder of a group and those around it; within a container its own group is often the root, whatever its name outside is. */
function upwards(folder: string, group: string): string[] {
  const paths = [folder];
  for (let at = group; at !== '/' && at !== '.'; at = dirname(at)) paths.push(join(folder, at));
  return paths;
}

function left(path: string, [limit, usage]: readonly [string, string], inactive: string): number {
  const most = Number(textOf(join(path, limit)) ?? Number.NaN);
  const used = Number(textOf(join(path, usage)) ?? Number.NaN);
  // "max", and no such file.
  if (Number.isNaN(most) || Number.isNaN(used)) return Number.POSITIVE_INFINITY;
  const [, cached = '0'] = new RegExp(`^${inactive} (\\d+)$`, 'm').exec(textOf(join(path, 'memory.stat')) ?? '') ?? [];
  return Math.max(0, most - used + Number(cached));
}

function textOf(path: string): string | null {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return null;
  }
}
