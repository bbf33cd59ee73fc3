import { expect, test } from '@jest/globals';
import { parseRedisAddress, prefixFor, REDIS_ADDRESS_FORMS } from './redis-address.ts';

test('an address names one server, the master of sentinels, or a cluster, with its credentials and TLS', () => {
  expect(parseRedisAddress('rediss://:secret@host:1/2')).toEqual({ kind: 'one', url: 'rediss://:secret@host:1/2' });
  expect(parseRedisAddress('redis+sentinel://me:p%40ss@one,[::1]:5/main/3?sentinelPassword=s')).toEqual({
    kind: 'sentinel',
    sentinels: [
      { host: 'one', port: 26_379 },
      { host: '::1', port: 5 },
    ],
    master: 'main',
    options: { username: 'me', password: 'p@ss', db: 3, sentinelPassword: 's' },
  });
  expect(parseRedisAddress('rediss+cluster://:p@a:7000,b')).toEqual({
    kind: 'cluster',
    nodes: [
      { host: 'a', port: 7_000 },
      { host: 'b', port: 6_379 },
    ],
    options: { password: 'p', tls: {} },
  });
});

test('all keys of a cluster lie in one slot', () => {
  expect(prefixFor(parseRedisAddress('redis+cluster://a'), 'docusnap')).toBe('{docusnap}');
  expect(prefixFor(parseRedisAddress('redis://a'), 'docusnap')).toBe('docusnap');
});

test.each(['http://host', 'host:6379', 'redis+sentinel://host', 'redis+sentinel://host/main/x', 'redis+cluster://:1'])(
  'what is none is refused without being shown: %s',
  (url) => {
    expect(() => parseRedisAddress(url)).toThrow(REDIS_ADDRESS_FORMS);
  },
);
