import { lookup } from 'node:dns/promises';
import { connect, isIP, type Socket } from 'node:net';
import { askNameServers } from './ask-name-servers.ts';
import { type FetchPolicy, PUBLIC_ONLY } from './policy.ts';
import type { Lookup } from './resolve.ts';

/** How hosts are reached, and how long that may take. */
export interface Reach {
  /** Which of them may be. */
  readonly policy: FetchPolicy;
  readonly lookup: Lookup;
  /** Begins a connection to the port of the first of these addresses that answers. */
  readonly dial: (addresses: readonly string[], port: number) => Socket;
  /** Certificates that are trusted; those that Node brings unless given. */
  readonly ca: string | undefined;
  /** Until the host has proven its name: resolving, connecting and TLS together. */
  readonly connectMs: number;
  /** Between two pieces of an answer. */
  readonly silentMs: number;
  /** For all files of one request together, or one event. */
  readonly totalMs: number;
}

export const PUBLIC_INTERNET: Reach = {
  policy: PUBLIC_ONLY,
  // What the operator allowed may stand in a hosts file or a search domain, which only the system's resolver knows.
  lookup: async (host, { isForeign } = { isForeign: false }) =>
    isForeign ? askNameServers(host) : (await lookup(host, { all: true })).map(({ address }) => address),
  // The addresses are those that were checked: a second question to the resolver could have another answer.
  dial: (addresses, port) =>
    connect({
      host: 'checked',
      port,
      autoSelectFamily: true,
      lookup: (_host, _options, answer) =>
        answer(
          null,
          addresses.map((address) => ({ address, family: isIP(address) })),
        ),
    }),
  ca: undefined,
  connectMs: 5_000,
  silentMs: 10_000,
  totalMs: 120_000,
};
