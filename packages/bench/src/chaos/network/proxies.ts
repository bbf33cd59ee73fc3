import { type BreakableProxy, breakableProxy } from '@docusnap/testing';
import { CALLER, type Network } from './network.ts';

const HERE = '127.0.0.1';

/** Where there are no network namespaces: all on this machine, each pair connected through a proxy of its own that can be broken. */
export function openProxies(): Network {
  const proxies = new Map<string, BreakableProxy>();
  const between = (a: string, b: string): BreakableProxy[] =>
    [proxies.get(`${a}>${b}`), proxies.get(`${b}>${a}`)].filter((proxy) => proxy !== undefined);

  return {
    kind: 'proxies',
    caller: CALLER,
    place: async (name) => ({ name, address: HERE, enter: [] }),
    async route(from, to, port) {
      const proxy = await breakableProxy(`tcp://${HERE}:${port}`);
      proxies.set(`${from}>${to}`, proxy);
      return { host: HERE, port: Number(new URL(proxy.url).port) };
    },
    cut: async (a, b) => void (await Promise.all(between(a, b).map((proxy) => proxy.cut()))),
    mend: async (a, b) => void (await Promise.all(between(a, b).map((proxy) => proxy.mend()))),
    close: async () => void (await Promise.all([...proxies.values()].map((proxy) => proxy.close()))),
  };
}
