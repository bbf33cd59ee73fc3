import { expect, test } from '@jest/globals';
import { newMasterKey, parseMasterKeys } from './master-keys.ts';
import { sourceHash } from './source-hash.ts';

test('an address has one hash under a master key, and nothing to do with that under another', () => {
  const [one, other] = [parseMasterKeys(newMasterKey('one')), parseMasterKeys(newMasterKey('other'))];
  expect(sourceHash(one, '192.0.2.7')).toEqual(sourceHash(one, '192.0.2.7'));
  expect(sourceHash(one, '192.0.2.7')).not.toEqual(sourceHash(one, '192.0.2.8'));
  expect(sourceHash(one, '192.0.2.7')).not.toEqual(sourceHash(other, '192.0.2.7'));
  expect(sourceHash(one, '192.0.2.7').length).toBe(32);
});
