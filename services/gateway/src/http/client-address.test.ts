import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { openTestGateway, type TestGateway } from '../test-gateway.ts';
import { clientAddress, isNetwork } from './client-address.ts';
import { openTestServer } from './test-server.ts';

let gateway: TestGateway;
beforeAll(async () => {
  gateway = await openTestGateway();
});
afterAll(() => gateway.close());

/** The address that stands in the log for a request with this header. */
async function loggedFor(trustedProxies: readonly string[], forwarded: string): Promise<unknown> {
  const server = await openTestServer(gateway, { trustedProxies });
  gateway.logged.length = 0;
  await fetch(`${server.url}/healthz`, { headers: { 'x-forwarded-for': forwarded } });
  while (gateway.logged.length === 0) await new Promise((resolve) => setImmediate(resolve));
  await server.close();
  return JSON.parse(gateway.logged[0]!).client;
}

test('behind proxies that are trusted a client has the address that the nearest of them saw', async () => {
  expect(await loggedFor(['127.0.0.0/8'], '203.0.113.7')).toBe('203.0.113.7');
  expect(await loggedFor(['loopback', '10.0.0.0/8'], '198.51.100.1, 203.0.113.7, 10.1.2.3')).toBe('203.0.113.7');
  expect(await loggedFor(['loopback'], '2001:db8::1')).toBe('2001:db8::1');
});

test('nobody else is believed, and what is no address is none', async () => {
  expect(await loggedFor([], '203.0.113.7')).toBe('127.0.0.1');
  expect(await loggedFor(['10.0.0.0/8'], '203.0.113.7')).toBe('127.0.0.1');
  expect(await loggedFor(['loopback'], '<script>alert(1)</script>')).toBe('127.0.0.1');
  expect(clientAddress({ ip: undefined, socket: {} } as Parameters<typeof clientAddress>[0])).toBe('');
});

test('networks are told from what is none', () => {
  for (const good of ['10.0.0.1', '10.0.0.0/8', 'fd00::/8', '::1', 'uniquelocal']) expect(isNetwork(good)).toBe(true);
  for (const bad of ['', '10.0.0.0/33', '::1/129', 'all', '10.0.0', '10.0.0.0/8/8', '10.0.0.0/-1']) {
    expect(isNetwork(bad)).toBe(false);
  }
});
