import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { temporaryFolder } from '@docusnap/testing';
import { expect, test } from '@jest/globals';
import { freeDisk } from './disk.ts';
import { freeMemory } from './memory.ts';
import { openRoom } from './room.ts';

const MIB = 1024 ** 2;

test('a room holds so many bytes, but always one who asks alone', () => {
  const room = openRoom(100);
  const large = room.take(500);
  expect(room.take(1)).toBeNull();
  large?.giveBack();
  large?.giveBack();
  expect(room.held()).toBe(0);
  expect([room.take(60), room.take(40)]).not.toContain(null);
  expect(room.take(1)).toBeNull();
});

test('a tenant that holds some of a room gets no more than half of it, and one that holds nothing what there is', () => {
  const room = openRoom(100);
  const first = room.take(30, 'a');
  expect(room.take(30, 'a')).toBeNull();
  expect(room.take(20, 'a')).not.toBeNull();
  expect(room.take(50, 'b')).not.toBeNull();
  expect(room.take(1, 'c')).toBeNull();
  first?.giveBack();
  expect(room.take(31, 'a')).toBeNull();
  expect(room.take(30, 'a')).not.toBeNull();
});

test('when there will be room again is told by how long others held theirs', () => {
  let now = 0;
  const room = openRoom(100, () => now);
  expect(room.againSeconds()).toBe(2);
  const first = room.take(10);
  now += 7_300;
  first?.giveBack();
  expect(room.againSeconds()).toBe(8);
  const second = room.take(10);
  now += 3_600_000;
  second?.giveBack();
  expect(room.againSeconds()).toBe(60);
});

/** Files of a machine, by their paths. */
async function onMachine(files: Readonly<Record<string, string>>, play: (root: string) => void): Promise<void> {
  const folder = await temporaryFolder('machine');
  try {
    for (const [path, text] of Object.entries(files)) {
      await mkdir(dirname(join(folder.path, path)), { recursive: true });
      await writeFile(join(folder.path, path), text);
    }
    play(folder.path);
  } finally {
    await folder.remove();
  }
}

const MEMINFO = 'MemTotal:       16384 kB\nMemFree:          100 kB\nMemAvailable:   8192 kB\n';

test('free memory is what the machine has, or what is left of the container, whose cached files count as free', async () => {
  await onMachine({ 'proc/meminfo': MEMINFO }, (root) => expect(freeMemory(root)).toBe(8 * MIB));
  await onMachine({}, (root) => expect(freeMemory(root)).toBeNull());
  const two = {
    'proc/meminfo': MEMINFO,
    'proc/self/cgroup': '0::/pod/container\n',
    'sys/fs/cgroup/pod/memory.max': String(6 * MIB),
    'sys/fs/cgroup/pod/memory.current': String(5 * MIB),
    'sys/fs/cgroup/pod/memory.stat': `anon 1\ninactive_file ${2 * MIB}\nactive_file 7\n`,
    'sys/fs/cgroup/pod/container/memory.max': 'max\n',
    'sys/fs/cgroup/pod/container/memory.current': String(5 * MIB),
  };
  await onMachine(two, (root) => expect(freeMemory(root)).toBe(3 * MIB));
  const one = {
    'proc/meminfo': MEMINFO,
    'proc/self/cgroup': '12:cpu,cpuacct:/x\n9:memory:/outside/name\n0::/\n',
    'sys/fs/cgroup/memory/memory.limit_in_bytes': String(4 * MIB),
    'sys/fs/cgroup/memory/memory.usage_in_bytes': String(4 * MIB),
    'sys/fs/cgroup/memory/memory.stat': `total_inactive_file ${MIB}\n`,
  };
  await onMachine(one, (root) => expect(freeMemory(root)).toBe(MIB));
});

test('of this machine it is some memory, and not more than there is', () => {
  const free = freeMemory();
  if (process.platform === 'linux') expect(free).toBeGreaterThan(MIB);
  else expect(free).toBeNull();
});

test('free disk is that of the folder, or of the nearest above it that is there', async () => {
  const folder = await temporaryFolder('disk');
  const here = await freeDisk(folder.path);
  expect(here).toBeGreaterThan(MIB);
  expect(await freeDisk(join(folder.path, 'not', 'yet'))).toBeGreaterThan(MIB);
  await folder.remove();
});
