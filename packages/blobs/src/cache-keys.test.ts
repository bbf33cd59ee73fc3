import { randomUUID } from 'node:crypto';
import { expect, test } from '@jest/globals';
import { pageCacheKey } from './cache-keys.ts';
import { newMasterKey, parseMasterKeys } from './master-keys.ts';

const FINGERPRINT = Buffer.from('pixels, models and options');

test('the same page of the same tenant has the same key, and any other page or tenant another', () => {
  const keys = parseMasterKeys(newMasterKey('a'));
  const [one, other] = [randomUUID(), randomUUID()];
  const key = pageCacheKey(keys, one, FINGERPRINT);
  expect(key).toHaveLength(32);
  expect(pageCacheKey(keys, one, FINGERPRINT)).toEqual(key);
  expect(pageCacheKey(keys, other, FINGERPRINT)).not.toEqual(key);
  expect(pageCacheKey(keys, one, Buffer.from('other pixels'))).not.toEqual(key);
});

test('nothing is found under another master key; an old one that is still listed changes nothing', () => {
  const [first, second] = [newMasterKey('a'), newMasterKey('b')];
  const tenant = randomUUID();
  const key = pageCacheKey(parseMasterKeys(first), tenant, FINGERPRINT);
  expect(pageCacheKey(parseMasterKeys(second), tenant, FINGERPRINT)).not.toEqual(key);
  expect(pageCacheKey(parseMasterKeys(`${first},${second}`), tenant, FINGERPRINT)).toEqual(key);
});
