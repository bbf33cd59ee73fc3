import type {
  ChangeWebhookInput,
  CreateWebhookInput,
  Delivery,
  NewWebhook,
  QueuedDelivery,
  Webhook,
} from '../generated/api.ts';
import { type CallOptions, call, type SendOptions } from '../http/call.ts';
import type { Http } from '../http/http.ts';
import { type Listing, listing } from '../http/listing.ts';

/** Endpoints that are told of ended jobs. */
export function webhooksOf(http: Http) {
  return {
    /** Adds one. This is the only time its `secret` is shown: `verifyWebhook` needs it. */
    create: (webhook: CreateWebhookInput, options: SendOptions = {}): Promise<NewWebhook> =>
      call(http, 'post_v1_webhooks', { body: webhook, ...options }),
    list: async (options: CallOptions = {}): Promise<readonly Webhook[]> =>
      (await call(http, 'get_v1_webhooks', options)).webhooks,
    get: (id: string, options: CallOptions = {}): Promise<Webhook> =>
      call(http, 'get_v1_webhooks_id', { parts: { id }, ...options }),
    change: (id: string, changes: ChangeWebhookInput, options: CallOptions = {}): Promise<Webhook> =>
      call(http, 'patch_v1_webhooks_id', { parts: { id }, body: changes, ...options }),
    remove: (id: string, options: CallOptions = {}): Promise<void> =>
      call(http, 'delete_v1_webhooks_id', { parts: { id }, ...options }),
    /** Gives it a new secret; for `keep_old_seconds` (a day) events are signed with the one before, too. */
    rotate: (
      id: string,
      { keep_old_seconds, ...options }: SendOptions & { readonly keep_old_seconds?: number } = {},
    ): Promise<NewWebhook> =>
      call(http, 'post_v1_webhooks_id_rotate', { parts: { id }, body: { keep_old_seconds }, ...options }),
    /** Sends it a `webhook.ping`. */
    test: (id: string, options: SendOptions = {}): Promise<QueuedDelivery> =>
      call(http, 'post_v1_webhooks_id_test', { parts: { id }, ...options }),
    /** What was sent to it, and how it answered, the newest first. */
    deliveries: (id: string, { signal, ...query }: CallOptions & { readonly limit?: number } = {}): Listing<Delivery> =>
      listing(async (cursor) => {
        const part = await call(http, 'get_v1_webhooks_id_deliveries', {
          parts: { id },
          query: { ...query, cursor },
          signal,
        });
        return { items: part.deliveries, nextCursor: part.next_cursor };
      }),
    /** Sends an event again, by the id of its delivery. */
    redeliver: (id: string, options: SendOptions = {}): Promise<QueuedDelivery> =>
      call(http, 'post_v1_webhooks_deliveries_id_redeliver', { parts: { id }, ...options }),
  };
}
