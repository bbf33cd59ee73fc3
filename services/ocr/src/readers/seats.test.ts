import { expect, test } from '@jest/globals';
import type { ReaderProcess } from './process.ts';
import { ReaderLost } from './reader-lost.ts';
import { openSeats } from './seats.ts';

const MODEL = { name: 'scripted', sha256: '0' };

interface Scripted extends ReaderProcess {
  /** The seats that requests were asked for, in order. */
  readonly asked: (number | undefined)[];
  die(): void;
  due: boolean;
}

/** In place of processes: each request is answered when `release` is called, or never. */
function scriptedStart() {
  const processes: Scripted[] = [];
  const start = async (): Promise<ReaderProcess> => {
    const end = Promise.withResolvers<ReaderLost>();
    const asked: (number | undefined)[] = [];
    let isGone = false;
    const one: Scripted = {
      pid: processes.length + 1,
      provider: 'scripted',
      models: { detection: MODEL, orientation: MODEL, recognition: MODEL },
      start: {},
      rss: () => 0,
      answered: () => 0,
      ask: async (_request, { seat }) => {
        if (isGone) throw new ReaderLost('stopped', 'gone before');
        asked.push(seat);
        return end.promise.then((lost): never => {
          throw lost;
        });
      },
      kill: async () => end.resolve(new ReaderLost('stopped', 'killed')),
      gone: end.promise,
      asked,
      die: () => {
        isGone = true;
        end.resolve(new ReaderLost('died', 'crashed'));
      },
      due: false,
    };
    processes.push(one);
    return one;
  };
  const open = openSeats({ start, seats: 2, isDue: (process) => processes.some((one) => one === process && one.due) });
  return { processes, sit: () => open(new AbortController().signal) };
}

const PAGE = { kind: 'render', blobKey: '', dataKey: new Uint8Array(), mediaType: 'image/png', maxPixels: 1 } as never;
const howLost = (asked: Promise<unknown>) => asked.catch((error: unknown) => (error as ReaderLost).how);

test('readers share a process as long as it has seats, and each asks from its own', async () => {
  const { processes, sit } = scriptedStart();
  const readers = await Promise.all([sit(), sit(), sit()]);
  expect(readers.map(({ pid }) => pid)).toEqual([1, 1, 2]);
  const answers = readers.map((reader) => howLost(reader.ask(PAGE, { threads: 1 })));
  expect(processes.map(({ asked }) => asked)).toEqual([[0, 1], [0]]);
  processes[0]!.die();
  expect(await Promise.all(answers.slice(0, 2))).toEqual(['died', 'died']);
  expect((await readers[1]!.gone).how).toBe('died');
  expect((await sit()).pid).toBe(2);
});

test('who leaves loses its own request only, its seat is taken by the next, and the last one ends the process', async () => {
  const { processes, sit } = scriptedStart();
  const [one, other] = [await sit(), await sit()];
  const vain = howLost(one.ask(PAGE, { threads: 1 }));
  const kept = howLost(other.ask(PAGE, { threads: 1 }));
  await one.kill();
  expect(await vain).toBe('stopped');
  expect((await one.gone).how).toBe('stopped');
  await expect(one.ask(PAGE, { threads: 1 })).rejects.toMatchObject({ how: 'stopped' });
  const next = await sit();
  void howLost(next.ask(PAGE, { threads: 1 }));
  expect(processes).toHaveLength(1);
  expect(processes[0]!.asked).toEqual([0, 1, 0]);
  await next.kill();
  await other.kill();
  expect(await kept).toBe('stopped');
  expect((await processes[0]!.gone).message).toBe('killed');
});

test('a process that is due gets nobody new, and ends when all have left it', async () => {
  const { processes, sit } = scriptedStart();
  const [one, other] = [await sit(), await sit()];
  processes[0]!.due = true;
  await one.kill();
  expect((await sit()).pid).toBe(2);
  await other.kill();
  expect((await processes[0]!.gone).how).toBe('stopped');
});

test('what ends a process takes those beside it along, but not those that ask alone', async () => {
  const { processes, sit } = scriptedStart();
  const [one, other] = [await sit(), await sit()];
  const both = [one, other].map((reader) => howLost(reader.ask(PAGE, { threads: 1 })));
  processes[0]!.die();
  expect(await Promise.all(both)).toEqual(['died', 'died']);

  const [again, beside] = [await sit(), await sit()];
  const alone = [again, beside].map((reader) => howLost(reader.ask(PAGE, { threads: 1, alone: true })));
  await new Promise(setImmediate);
  expect(processes[1]!.asked).toEqual([0]);
  processes[1]!.die();
  expect(await Promise.all(alone)).toEqual(['died', 'stopped']);
});

test('who leaves before its turn is not asked any more', async () => {
  const { processes, sit } = scriptedStart();
  const [one, other] = [await sit(), await sit()];
  const first = howLost(one.ask(PAGE, { threads: 1 }));
  const vain = howLost(other.ask(PAGE, { threads: 1, alone: true }));
  await other.kill();
  expect(await vain).toBe('stopped');
  processes[0]!.die();
  expect(await first).toBe('died');
  await new Promise(setImmediate);
  expect(processes[0]!.asked).toEqual([0]);
});

test('nobody sits down in a process that is being ended', async () => {
  const { sit } = scriptedStart();
  const only = await sit();
  const ending = only.kill();
  expect((await sit()).pid).toBe(2);
  await ending;
});
