import { expect, test } from '@jest/globals';
import { type Crew, startCrew } from './crew.ts';
import { ContenderGone } from './process.ts';

const SCRIPT = new URL('./fixtures/scripted.ts', import.meta.url);

const read = (crew: Crew, paths: readonly string[]) =>
  crew.share(paths, async (process, path) => {
    const page = { path, width: 1, height: 1, channels: 1, offset: 0 } as const;
    return (await process.ask({ kind: 'read', page })).lines[0]?.text ?? '';
  });

test('every page is read once, in place, and a page that fails or ends its process spoils no other', async () => {
  const crew = await startCrew({ script: SCRIPT, args: [] }, 2);
  try {
    const results = await read(crew, ['a', 'throw', 'b', 'die', 'c', 'd', 'e']);
    expect(results.map((one) => (one instanceof Error ? one.message : one.split(' ')[0]))).toEqual([
      'a',
      'cannot be read',
      'b',
      'its process ended (SIGKILL)',
      'c',
      'd',
      'e',
    ]);
    expect(results[3]).toBeInstanceOf(ContenderGone);
  } finally {
    await crew.stop();
  }
});

test('a process that ends over what each is given is replaced, and what comes later is read', async () => {
  const crew = await startCrew({ script: SCRIPT, args: [] }, 2);
  const die = { path: 'die', width: 1, height: 1, channels: 1, offset: 0 } as const;
  try {
    await crew.each((process) => process.ask({ kind: 'read', page: die }));
    expect((await read(crew, ['a', 'b', 'c'])).map((one) => String(one).split(' ')[0])).toEqual(['a', 'b', 'c']);
  } finally {
    await crew.stop();
  }
});

test('what a contender cannot do comes back as a failure, and memory is that of all processes', async () => {
  const [one, two] = [
    await startCrew({ script: SCRIPT, args: [] }, 1),
    await startCrew({ script: SCRIPT, args: [] }, 2),
  ];
  try {
    const [decoded] = await one.share(['x'], (process, image) =>
      process.ask({ kind: 'decode', image, turn: 0, path: 'y' }),
    );
    expect(String(decoded)).toContain('does not decode');
    if (process.platform === 'linux') expect(two.peakRss()).toBeGreaterThan((one.peakRss() ?? 0) * 1.5);
    else expect(two.peakRss()).toBeNull();
  } finally {
    await Promise.all([one.stop(), two.stop()]);
  }
});

test('a contender that cannot start says why', async () => {
  await expect(startCrew({ script: SCRIPT, args: ['unable'] }, 2)).rejects.toThrow('cannot start: no models');
});
