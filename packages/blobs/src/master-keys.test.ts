import { randomBytes } from 'node:crypto';
import { inspect } from 'node:util';
import { describe, expect, test } from '@jest/globals';
import { jobContext } from './contexts.ts';
import { newDataKey, newMasterKey, parseMasterKeys, unwrapDataKey } from './master-keys.ts';

const context = jobContext('0198f3a2-0000-7000-8000-000000000001');
const damaged = { name: 'AppError', code: 'blob_damaged' };

describe('a data key', () => {
  test('unwraps to what was wrapped, by the same master key and in the same context', () => {
    const masterKeys = parseMasterKeys(newMasterKey('k1'));
    const { dataKey, wrapped } = newDataKey(masterKeys, context);
    expect(dataKey).toHaveLength(32);
    expect(wrapped.masterKeyId).toBe('k1');
    expect(unwrapDataKey(masterKeys, wrapped, context)).toEqual(dataKey);
    expect(newDataKey(masterKeys, context).dataKey).not.toEqual(dataKey);
  });

  test('wrapped before a rotation unwraps after it, and new ones are wrapped by the first key', () => {
    const [old, next] = [newMasterKey('2025'), newMasterKey('2026')];
    const { dataKey, wrapped } = newDataKey(parseMasterKeys(old), context);
    const rotated = parseMasterKeys(`${next}, ${old}\n`);
    expect(unwrapDataKey(rotated, wrapped, context)).toEqual(dataKey);
    expect(newDataKey(rotated, context).wrapped.masterKeyId).toBe('2026');
  });

  test('is refused when its master key is gone, with its id in the message', () => {
    const { wrapped } = newDataKey(parseMasterKeys(newMasterKey('2025')), context);
    const unwrap = () => unwrapDataKey(parseMasterKeys(newMasterKey('2026')), wrapped, context);
    expect(unwrap).toThrow(expect.objectContaining({ code: 'master_key_missing', retryable: true }));
    expect(unwrap).toThrow('"2025"');
  });

  test('is refused under a master key with the same id but other bytes', () => {
    const { wrapped } = newDataKey(parseMasterKeys(newMasterKey('k1')), context);
    const other = parseMasterKeys(newMasterKey('k1'));
    expect(() => unwrapDataKey(other, wrapped, context)).toThrow(expect.objectContaining(damaged));
  });

  test("is refused in another job's context, altered anywhere, or cut short", () => {
    const masterKeys = parseMasterKeys(newMasterKey('k1'));
    const { wrapped } = newDataKey(masterKeys, context);
    expect(() => unwrapDataKey(masterKeys, wrapped, jobContext('another'))).toThrow(expect.objectContaining(damaged));
    for (let at = 0; at < wrapped.wrapped.length; at += 1) {
      const altered = Uint8Array.from(wrapped.wrapped);
      altered[at]! ^= 1;
      const cut = wrapped.wrapped.subarray(0, at);
      for (const bytes of [altered, cut]) {
        const unwrap = () => unwrapDataKey(masterKeys, { masterKeyId: 'k1', wrapped: bytes }, context);
        expect(unwrap).toThrow(expect.objectContaining(damaged));
      }
    }
  });
});

describe('MASTER_KEY', () => {
  const key = randomBytes(32).toString('base64');

  test.each([
    ['', 'the master key is not of the form id:base64'],
    [key, 'the master key is not of the form id:base64'],
    [`:${key}`, 'the master key needs an id of 1 to 32 letters, digits, - or _ before the colon'],
    [`k 1:${key}`, 'the master key needs an id'],
    [`k1:${key},k2`, 'master key 2 of 2 is not of the form id:base64'],
    [`k1:${key},k1:${key}`, 'the master key id "k1" is given twice'],
    ['k1:%%%', 'the master key "k1" is not base64'],
    ['k1:c2hvcnQ=', 'the master key "k1" has 5 bytes, not 32'],
  ])('that is wrong says why, without the key', (text, reason) => {
    const parse = () => parseMasterKeys(text);
    expect(parse).toThrow(expect.objectContaining({ name: 'MasterKeyError' }));
    expect(parse).toThrow(reason);
    expect(parse).not.toThrow(key);
  });

  test('is not shown when it is logged by accident', () => {
    const masterKeys = parseMasterKeys(`k1:${key}`);
    const shown = inspect(masterKeys, { depth: 10 }) + JSON.stringify([...masterKeys.byId]);
    expect(shown).not.toContain(key);
    expect(shown).not.toContain(Buffer.from(key, 'base64').toString('hex').slice(0, 8));
  });
});
