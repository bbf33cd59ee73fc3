import { randomBytes } from 'node:crypto';
import type { RunningSystem } from '../system.ts';
import type { CallerName } from './shots.ts';

export interface Callers {
  readonly keys: Readonly<Record<CallerName, string | null>>;
  /** Ids of the tenants and keys that these are. */
  readonly kept: ReadonlySet<string>;
}

/** Makes the keys that requests come with. */
export async function openCallers(system: Pick<RunningSystem, 'url' | 'key'>): Promise<Callers> {
  const reader = await make<{ key: string }>(system, '/v1/keys', { name: 'reader', scopes: ['read'] });
  const other = await make<{ key: { key: string } }>(system, '/v1/tenants', { name: 'other' });
  const { keys } = await get<{ keys: { id: string }[] }>(system, '/v1/keys');
  const { tenants } = await get<{ tenants: { id: string }[] }>(system, '/v1/tenants');
  return {
    keys: {
      own: system.key,
      reader: reader.key,
      other: other.key.key,
      wrong: `ds_${randomBytes(8).toString('hex')}_${randomBytes(32).toString('base64url')}`,
      none: null,
    },
    kept: new Set([...keys, ...tenants].map(({ id }) => id)),
  };
}

async function make<T>({ url, key }: Pick<RunningSystem, 'url' | 'key'>, path: string, body: object): Promise<T> {
  const headers = { authorization: `Bearer ${key}`, 'content-type': 'application/json' };
  const answer = await fetch(new URL(path, url), { method: 'POST', headers, body: JSON.stringify(body) });
  if (answer.status !== 201)
    throw new Error(`POST ${path}: expected 201, got ${answer.status}: ${await answer.text()}`);
  return (await answer.json()) as T;
}

async function get<T>({ url, key }: Pick<RunningSystem, 'url' | 'key'>, path: string): Promise<T> {
  const answer = await fetch(new URL(path, url), { headers: { authorization: `Bearer ${key}` } });
  if (answer.status !== 200) throw new Error(`GET ${path}: expected 200, got ${answer.status}: ${await answer.text()}`);
  return (await answer.json()) as T;
}
