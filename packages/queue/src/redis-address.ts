import { Cluster, Redis } from 'ioredis';

/** One server, a master that sentinels name, or a cluster. */
export type RedisAddress =
  | { readonly kind: 'one'; readonly url: string }
  | {
      readonly kind: 'sentinel';
      readonly sentinels: readonly Host[];
      readonly master: string;
      readonly options: SentinelOptions;
    }
  | { readonly kind: 'cluster'; readonly nodes: readonly Host[]; readonly options: Credentials };

/** Who asks, and how. */
interface Credentials {
  readonly username?: string;
  readonly password?: string;
  readonly tls?: Record<string, never>;
}

interface SentinelOptions extends Credentials {
  readonly db: number;
  readonly sentinelUsername?: string;
  readonly sentinelPassword?: string;
  readonly enableTLSForSentinelMode?: boolean;
}

/** What connections have in common, whatever they lead to. */
export interface ClientOptions {
  readonly connectionName: string;
  readonly retryStrategy: (attempt: number) => number;
  readonly maxRetriesPerRequest: number | null;
  readonly enableOfflineQueue?: boolean;
}

interface Host {
  readonly host: string;
  readonly port: number;
}

const ADDRESS = /^(rediss?)\+(sentinel|cluster):\/\/(?:([^@/]*)@)?([^@/?]+)(?:\/([^?]*))?(?:\?(.*))?$/;
const PORTS = { sentinel: 26_379, cluster: 6_379 } as const;

/** What REDIS_URL has to be; said where it is none. */
export const REDIS_ADDRESS_FORMS =
  'expected redis://HOST:PORT/DB, redis+sentinel://HOST:PORT,HOST:PORT/MASTER[/DB] or redis+cluster://HOST:PORT,HOST:PORT; rediss for TLS';

/**
 * Reads an address: `redis://` as ioredis has it, `redis+sentinel://[USER:PASSWORD@]HOST:PORT,.../MASTER[/DB][?sentinelUsername=&sentinelPassword=]`,
 * `redis+cluster://[USER:PASSWORD@]HOST:PORT,...`; each with `rediss` for TLS. Throws TypeError, which shows nothing of it.
 */
export function parseRedisAddress(url: string): RedisAddress {
  const [, scheme, kind, user, hosts, path = '', query = ''] = ADDRESS.exec(url) ?? [];
  if (kind === undefined) {
    if (/^rediss?:\/\//.test(url) || url.startsWith('/')) return { kind: 'one', url };
    throw new TypeError(REDIS_ADDRESS_FORMS);
  }
  const nodes = hosts!.split(',').map((host) => hostOf(host, PORTS[kind as keyof typeof PORTS]));
  const options = { ...credentialsOf(user), ...(scheme === 'rediss' ? { tls: {} } : {}) };
  if (kind === 'cluster') return { kind, nodes, options };
  const [master = '', database = '0'] = path.split('/').map(decodeURIComponent);
  if (master === '' || !/^\d+$/.test(database)) throw new TypeError(REDIS_ADDRESS_FORMS);
  const given = new URLSearchParams(query);
  const [sentinelUsername, sentinelPassword] = [given.get('sentinelUsername'), given.get('sentinelPassword')];
  return {
    kind: 'sentinel',
    sentinels: nodes,
    master,
    options: {
      ...options,
      db: Number(database),
      ...(sentinelUsername === null ? {} : { sentinelUsername }),
      ...(sentinelPassword === null ? {} : { sentinelPassword }),
      ...(scheme === 'rediss' ? { enableTLSForSentinelMode: true } : {}),
    },
  };
}

function hostOf(text: string, defaultPort: number): Host {
  const [, bracketed, plain, port] = /^(?:\[([^\]]+)\]|([^:[\]]+))(?::(\d{1,5}))?$/.exec(text) ?? [];
  const host = bracketed ?? plain;
  if (host === undefined) throw new TypeError(REDIS_ADDRESS_FORMS);
  return { host, port: port === undefined ? defaultPort : Number(port) };
}

function credentialsOf(user: string | undefined): Credentials {
  if (user === undefined) return {};
  const colon = user.indexOf(':');
  const [name, password] = colon < 0 ? ['', user] : [user.slice(0, colon), user.slice(colon + 1)];
  return { ...(name === '' ? {} : { username: decodeURIComponent(name) }), password: decodeURIComponent(password) };
}

/** After a failover the old master may be back as a replica under the same address: the connection to it is given up. */
const reconnectOnError = (error: Error): boolean => error.message.startsWith('READONLY');

/** A client for whatever the address names. */
export function openRedisClient(address: RedisAddress, options: ClientOptions): Redis | Cluster {
  if (address.kind === 'one') return new Redis(address.url, { ...options, reconnectOnError });
  if (address.kind === 'sentinel') {
    return new Redis({
      ...options,
      ...address.options,
      sentinels: address.sentinels.map((host) => ({ ...host })),
      name: address.master,
      reconnectOnError,
      sentinelRetryStrategy: options.retryStrategy,
    });
  }
  const { connectionName, maxRetriesPerRequest, enableOfflineQueue = true, retryStrategy } = options;
  const nodes = address.nodes.map((host) => ({ ...host }));
  return new Cluster(nodes, {
    redisOptions: { connectionName, maxRetriesPerRequest, ...address.options },
    enableOfflineQueue,
    clusterRetryStrategy: retryStrategy,
    // Certificates name hosts, not the addresses that they resolve to.
    ...(address.options.tls
      ? { dnsLookup: (host: string, callback: (error: null, address: string) => void) => callback(null, host) }
      : {}),
  });
}

/** All keys of a queue have to lie in one slot of a cluster, which braces decide. */
export function prefixFor(address: RedisAddress, prefix: string): string {
  return address.kind === 'cluster' ? `{${prefix}}` : prefix;
}
