import { createHash, randomBytes } from 'node:crypto';
import { expect, test } from '@jest/globals';
import { findCaller } from './callers.ts';
import { changeKey, createKey, ensureBootstrapTenant, listKeys, type NewKey, revokeKey } from './keys.ts';
import { addTenant, asOwner, inScene, onEachPostgres } from './test-jobs.ts';

const NOBODY = '00000000-0000-4000-8000-000000000000';

onEachPostgres('API keys', (version) => {
  test('a created key is listed without its hash and found by its hash', () =>
    inScene(version, async ({ api, tenantId }) => {
      const key = newKey({ name: 'scanner' });
      const created = await createKey(api, tenantId, key);
      expect(created).toEqual({
        id: expect.any(String),
        tenantId,
        prefix: 'ds_test',
        name: 'scanner',
        scopes: ['read', 'write'],
        cache: true,
        limits: {},
        createdAt: expect.any(Date),
        lastUsedAt: null,
        expiresAt: null,
        revokedAt: null,
      });
      expect(await listKeys(api, tenantId)).toEqual([created]);
      expect(await findCaller(api, key.hash)).toEqual({
        keyId: created.id,
        subject: null,
        tenantId,
        scopes: ['read', 'write'],
        cache: true,
        suspended: false,
        limits: { tenant: {}, key: {} },
      });
    }));

  test('a key may do without the page cache', () =>
    inScene(version, async ({ api, tenantId }) => {
      const key = { ...newKey(), cache: false };
      await createKey(api, tenantId, key);
      expect(await findCaller(api, key.hash)).toMatchObject({ cache: false });
      expect(await listKeys(api, tenantId)).toMatchObject([{ cache: false }]);
    }));

  test('a key that nobody has, a revoked one and an expired one call for nobody', () =>
    inScene(version, async ({ api, tenantId }) => {
      const revoked = newKey();
      const expired = newKey({ expiresAt: new Date(Date.now() - 60_000) });
      const lasting = newKey({ expiresAt: new Date(Date.now() + 3_600_000) });
      const { id } = await createKey(api, tenantId, revoked);
      await createKey(api, tenantId, expired);
      await createKey(api, tenantId, lasting);
      expect(await findCaller(api, revoked.hash)).not.toBeNull();
      await revokeKey(api, ofAdmin(tenantId), id);
      expect(await findCaller(api, revoked.hash)).toBeNull();
      expect(await findCaller(api, expired.hash)).toBeNull();
      expect(await findCaller(api, lasting.hash)).not.toBeNull();
      expect(await findCaller(api, randomBytes(32))).toBeNull();
      const listed = await listKeys(api, tenantId);
      expect(listed.filter(({ revokedAt }) => revokedAt !== null).map((key) => key.id)).toEqual([id]);
    }));

  test('a key is revoked once, and only by its own tenant', () =>
    inScene(version, async ({ api, tenantId, database }) => {
      const { id } = await createKey(api, tenantId, newKey());
      const stranger = await addTenant(database);
      await expect(revokeKey(api, ofAdmin(stranger), id)).rejects.toMatchObject({ code: 'key_not_found', status: 404 });
      await expect(revokeKey(api, ofAdmin(tenantId), NOBODY)).rejects.toMatchObject({ code: 'key_not_found' });
      await revokeKey(api, ofAdmin(tenantId), id);
      const [first] = await listKeys(api, tenantId);
      await revokeKey(api, ofAdmin(tenantId), id);
      expect(await listKeys(api, tenantId)).toEqual([first]);
      expect(await listKeys(api, stranger)).toEqual([]);
    }));

  test('the time of last use is written at most once a minute', () =>
    inScene(version, async ({ api, tenantId, database }) => {
      const key = newKey();
      await createKey(api, tenantId, key);
      const lastUse = async () => (await listKeys(api, tenantId))[0]?.lastUsedAt?.getTime();
      await findCaller(api, key.hash);
      const first = await lastUse();
      await findCaller(api, key.hash);
      expect(await lastUse()).toBe(first);
      await asOwner(database, "UPDATE api_keys SET last_used_at = now() - interval '61 seconds'");
      const before = await lastUse();
      await findCaller(api, key.hash);
      expect(await lastUse()).toBeGreaterThan(before ?? 0);
    }));

  test('name, expiry and limits of a key can be changed, by its own tenant', () =>
    inScene(version, async ({ api, tenantId, database }) => {
      const key = newKey();
      const { id } = await createKey(api, tenantId, key);
      const stranger = await addTenant(database);
      const change = { name: 'renamed', limits: { pages_per_day: 7 }, expiresAt: new Date(Date.now() + 60_000) };
      await expect(changeKey(api, ofAdmin(stranger), id, change)).rejects.toMatchObject({ code: 'key_not_found' });
      expect(await changeKey(api, ofAdmin(tenantId), id, change)).toMatchObject(change);
      expect(await changeKey(api, ofAdmin(tenantId), id, { name: undefined, expiresAt: null })).toMatchObject({
        ...change,
        expiresAt: null,
      });
      expect(await findCaller(api, key.hash)).toMatchObject({ limits: { key: { pages_per_day: 7 } } });
    }));

  test('the key of an operator is changed and revoked by operators only', () =>
    inScene(version, async ({ api, tenantId }) => {
      const { id } = await createKey(api, tenantId, newKey({ scopes: ['operator'] }));
      const refused = { code: 'forbidden', status: 403 };
      await expect(changeKey(api, ofAdmin(tenantId), id, { name: 'mine' })).rejects.toMatchObject(refused);
      await expect(revokeKey(api, ofAdmin(tenantId), id)).rejects.toMatchObject(refused);
      await revokeKey(api, { tenantId, isOperator: true }, id);
    }));

  test('a first key from before there were operators becomes one’s, unless it was revoked', () =>
    inScene(version, async ({ api, worker, tenantId, database }) => {
      const key = newKey({ scopes: ['read', 'write', 'admin'] });
      const { id } = await createKey(api, tenantId, key);
      await ensureBootstrapTenant(worker, key);
      expect(await findCaller(api, key.hash)).toMatchObject({ scopes: ['read', 'write', 'admin', 'operator'] });
      await asOwner(database, 'UPDATE api_keys SET revoked_at = now() WHERE id = $1', [id]);
      await ensureBootstrapTenant(worker, key);
      expect(await findCaller(api, key.hash)).toBeNull();
    }));

  test('the first tenant and its admin key are made once, by however many processes at a time', () =>
    inScene(version, async ({ api, worker, database }) => {
      await asOwner(database, 'DELETE FROM tenants');
      const key = { prefix: 'ds_boot', hash: randomBytes(32) };
      const ids = await Promise.all([1, 2, 3].map(() => ensureBootstrapTenant(worker, key)));
      expect(new Set(ids).size).toBe(1);
      expect(await listKeys(api, ids[0]!)).toMatchObject([
        { prefix: 'ds_boot', scopes: ['read', 'write', 'admin', 'operator'] },
      ]);
      expect(await findCaller(api, key.hash)).toMatchObject({
        tenantId: ids[0],
        scopes: ['read', 'write', 'admin', 'operator'],
      });
      const next = { prefix: 'ds_next', hash: randomBytes(32) };
      expect(await ensureBootstrapTenant(worker, next)).toBe(ids[0]);
      expect((await listKeys(api, ids[0]!)).map(({ prefix }) => prefix)).toEqual(['ds_next', 'ds_boot']);
    }));
});

/** Somebody who may see to the keys of this tenant, but is no operator. */
const ofAdmin = (tenantId: string) => ({ tenantId, isOperator: false });

function newKey(given: Partial<NewKey> = {}): NewKey {
  const hash = createHash('sha256').update(randomBytes(16)).digest();
  return { name: 'a key', scopes: ['read', 'write'], expiresAt: null, prefix: 'ds_test', hash, ...given };
}
