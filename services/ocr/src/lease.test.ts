import type { Unit } from '@docusnap/contracts';
import { claimUnit, renewUnits } from '@docusnap/db';
import { type Leases, openLeases } from '@docusnap/runtime';
import { afterEach, expect, test } from '@jest/globals';
import { openStage } from './rehearsal/stage.ts';

let open: Leases<Unit> | undefined;
afterEach(() => open?.close());

const unit = (id: string, token = '1') => ({ id, token }) as Unit;

/** Leases whose renewals the test answers one by one. */
function leasesOf(answer: (units: readonly Unit[]) => Promise<readonly string[]>) {
  const asked: string[][] = [];
  const errors: unknown[] = [];
  let heard = Promise.withResolvers<void>();
  open = openLeases({
    everyMs: 5,
    renew: async (units) => {
      asked.push(units.map(({ id }) => id));
      try {
        return new Set(await answer(units));
      } finally {
        setImmediate(() => {
          heard.resolve();
          heard = Promise.withResolvers<void>();
        });
      }
    },
    onError: (error) => errors.push(error),
  });
  return { leases: open, asked, errors, nextRenewal: () => heard.promise };
}

test('all units in hand are renewed together, again and again, until they end', async () => {
  const { leases, asked, nextRenewal } = leasesOf(async (units) => units.map(({ id }) => id));
  const [a, b] = [leases.hold(unit('a')), leases.hold(unit('b'))];
  await nextRenewal();
  await nextRenewal();
  expect(asked.slice(0, 2)).toEqual([
    ['a', 'b'],
    ['a', 'b'],
  ]);
  a.end();
  await nextRenewal();
  await nextRenewal();
  expect(asked.at(-1)).toEqual(['b']);
  expect(b.isLost()).toBe(false);
});

test('a unit that is not renewed is lost, and is not asked for again', async () => {
  const { leases, asked, nextRenewal } = leasesOf(async () => ['b']);
  const [a, b] = [leases.hold(unit('a')), leases.hold(unit('b'))];
  await nextRenewal();
  expect([a.isLost(), b.isLost()]).toEqual([true, false]);
  await nextRenewal();
  expect(asked.at(-1)).toEqual(['b']);
});

test('a unit claimed while a renewal is under way is not taken for lost', async () => {
  const answering = Promise.withResolvers<void>();
  const { leases, nextRenewal } = leasesOf(async (units) => {
    await answering.promise;
    return units.map(({ id }) => id);
  });
  leases.hold(unit('a'));
  await new Promise((resolve) => setTimeout(resolve, 10));
  const late = leases.hold(unit('b'));
  const renewed = nextRenewal();
  answering.resolve();
  await renewed;
  expect(late.isLost()).toBe(false);
});

test('a renewal that fails loses nothing, is reported, and is tried again', async () => {
  let failures = 0;
  const { leases, errors, nextRenewal } = leasesOf(async (units) => {
    if (failures++ === 0) throw new Error('away');
    return units.map(({ id }) => id);
  });
  const hold = leases.hold(unit('a'));
  await nextRenewal();
  await nextRenewal();
  expect(hold.isLost()).toBe(false);
  expect(errors).toHaveLength(1);
});

test('a lease that ran out is taken again in the database, until another worker has the unit', async () => {
  const stage = await openStage('postgres');
  await stage.submit([{}], { bells: 0 });
  const claimed = await claimUnit(stage.worker, { holder: 'test' });
  const { leases, nextRenewal } = leasesOf(async (units) => [...(await renewUnits(stage.worker, units))]);
  await stage.sql("UPDATE units SET leased_until = now() - interval '1 second'");
  const hold = leases.hold(claimed!);
  await nextRenewal();
  const [row] = await stage.sql('SELECT leased_until > now() AS leased FROM units');
  expect(row).toEqual({ leased: true });
  await stage.sql("UPDATE units SET token = nextval('unit_tokens')");
  while (!hold.isLost()) await new Promise((resolve) => setTimeout(resolve, 5));
  open?.close();
  await stage.close();
});

test('who holds a unit is told once that it is lost, at once where somebody asks to look', async () => {
  const kept = new Set(['a', 'b', 'c']);
  const told: string[] = [];
  const leases = openLeases<Unit>({
    everyMs: 3_600_000,
    renew: async () => new Set(kept),
    onError: () => undefined,
  });
  open = leases;
  for (const id of ['a', 'b', 'c']) leases.hold(unit(id), { onLost: () => told.push(id) });
  const ended = leases.hold(unit('d'), { onLost: () => told.push('d') });
  ended.end();
  kept.delete('a');
  kept.delete('b');
  leases.check(({ id }) => id === 'a');
  while (told.length === 0) await new Promise((resolve) => setTimeout(resolve, 2));
  leases.check(() => true);
  while (told.length < 2) await new Promise((resolve) => setTimeout(resolve, 2));
  expect(told).toEqual(['a', 'b']);
});

test('what is held for long is looked at, without renewing it; what is held for a moment is not', async () => {
  const looks: string[][] = [];
  const told: string[] = [];
  const leases = openLeases<Unit>({
    everyMs: 3_600_000,
    lookMs: 30,
    renew: async () => new Set(['renewed']),
    look: async (units) => {
      looks.push(units.map(({ id }) => id));
      return new Set(looks.length < 2 ? ['long'] : []);
    },
    onError: () => undefined,
  });
  open = leases;
  const hold = leases.hold(unit('long'), { onLost: () => told.push('long') });
  leases.hold(unit('short')).end();
  while (told.length === 0) await new Promise((resolve) => setTimeout(resolve, 2));
  expect([looks, told, hold.isLost()]).toEqual([[['long'], ['long']], ['long'], true]);
  hold.end();
});
