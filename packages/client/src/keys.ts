import type { ChangeKeyInput, CreateKeyInput, Key, NewKey } from './generated/api.ts';
import { type CallOptions, call, type SendOptions } from './http/call.ts';
import type { Http } from './http/http.ts';

/** API keys of the own tenant. */
export function keysOf(http: Http) {
  return {
    /** Makes a key. This is the only time `key` is shown. */
    create: (key: CreateKeyInput, options: SendOptions = {}): Promise<NewKey> =>
      call(http, 'post_v1_keys', { body: key, ...options }),
    list: async (options: CallOptions = {}): Promise<readonly Key[]> => (await call(http, 'get_v1_keys', options)).keys,
    change: (id: string, changes: ChangeKeyInput, options: CallOptions = {}): Promise<Key> =>
      call(http, 'patch_v1_keys_id', { parts: { id }, body: changes, ...options }),
    /** From then on it opens nothing. */
    revoke: (id: string, options: CallOptions = {}): Promise<void> =>
      call(http, 'delete_v1_keys_id', { parts: { id }, ...options }),
  };
}
