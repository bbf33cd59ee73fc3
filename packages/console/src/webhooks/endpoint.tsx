import type { DeliveryBody, WebhookBody } from '@docusnap/contracts';
import { useSignal } from '@preact/signals';
import { useAsked } from '../api/asked.ts';
import { call, newRequestName } from '../api/call.ts';
import { Button, LinkButton } from '../blocks/button.tsx';
import { Confirm } from '../blocks/dialog.tsx';
import { Empty, Notice } from '../blocks/notice.tsx';
import { go, hrefOf } from '../frame/place.ts';
import { toast } from '../frame/toasts.tsx';
import { Attempts } from './attempts.tsx';
import { type NewWebhook, SecretOnce } from './new-endpoint.tsx';
import { Standing } from './standing.tsx';
import { words } from './words.ts';

interface Log {
  readonly deliveries: readonly DeliveryBody[];
  readonly next_cursor: string | null;
}

const LOOK_MS = 3_000;

/** One endpoint: what was sent to it, and what can be done with it. */
export function Endpoint({ id }: { readonly id: string }) {
  const w = words();
  const asked = useAsked<WebhookBody>(`/v1/webhooks/${id}`);
  const log = useAsked<Log>(`/v1/webhooks/${id}/deliveries`, { everyMs: LOOK_MS });
  const later = useSignal<readonly DeliveryBody[]>([]);
  const cursor = useSignal<string | null | undefined>(undefined);
  const next = cursor.value === undefined ? (log.value?.next_cursor ?? null) : cursor.value;
  const webhook = asked.value;
  if (webhook === undefined) return asked.error === null ? null : <Notice kind="failed">{asked.error}</Notice>;
  const more = async () => {
    const found = await call<Log>(`/v1/webhooks/${id}/deliveries?cursor=${encodeURIComponent(next ?? '')}`);
    later.value = [...later.value, ...found.deliveries];
    cursor.value = found.next_cursor;
  };
  const deliveries = [...(log.value?.deliveries ?? []), ...later.value];
  const unique = [...new Map(deliveries.map((one) => [`${one.id}:${one.attempt}`, one])).values()];
  return (
    <>
      <div class="heading">
        <h1>{webhook.name || webhook.url}</h1>
        <Standing webhook={webhook} />
        <div class="actions">
          <LinkButton href={hrefOf(['webhooks'])}>{w.back}</LinkButton>
        </div>
      </div>
      {webhook.name && <code>{webhook.url}</code>}
      <Acts webhook={webhook} onChanged={asked.reload} onSent={log.reload} />
      {log.error !== null && <Notice kind="failed">{log.error}</Notice>}
      {log.value !== undefined && unique.length === 0 && (
        <Empty icon="bell" title={w.noLog}>
          {w.noLogHint}
        </Empty>
      )}
      {unique.length > 0 && <Attempts caption={w.log} deliveries={unique} onDone={log.reload} />}
      {next !== null && (
        <div class="actions">
          <Button onPress={more}>{w.more}</Button>
        </div>
      )}
    </>
  );
}

function Acts({
  webhook,
  onChanged,
  onSent,
}: {
  readonly webhook: WebhookBody;
  readonly onChanged: () => Promise<void>;
  readonly onSent: () => Promise<void>;
}) {
  const w = words();
  const asking = useSignal<'rotate' | 'remove' | null>(null);
  const secret = useSignal<string | null>(null);
  const path = `/v1/webhooks/${webhook.id}`;
  const closed = () => {
    asking.value = null;
  };
  const rotate = async () => {
    const headers = { 'idempotency-key': newRequestName() };
    const made = await call<NewWebhook>(`${path}/rotate`, { method: 'POST', json: {}, headers });
    secret.value = made.secret;
  };
  return (
    <div class="actions">
      <Button
        icon="bell"
        disabled={!webhook.enabled}
        onPress={async () => {
          await call(`${path}/test`, { method: 'POST' });
          toast(w.tested);
          await onSent();
        }}
      >
        {w.test}
      </Button>
      <Button
        onPress={async () => {
          await call(path, { method: 'PATCH', json: { enabled: !webhook.enabled } });
          await onChanged();
        }}
      >
        {webhook.enabled ? w.disable : w.enable}
      </Button>
      <Button
        icon="key"
        onPress={() => {
          asking.value = 'rotate';
        }}
      >
        {w.rotate}
      </Button>
      <Button
        kind="danger"
        icon="trash"
        onPress={() => {
          asking.value = 'remove';
        }}
      >
        {w.remove}
      </Button>
      {asking.value === 'rotate' && (
        <Confirm title={w.rotateTitle} text={w.rotateText} action={w.rotate} onConfirm={rotate} onClose={closed} />
      )}
      {asking.value === 'remove' && (
        <Confirm
          title={w.removeTitle}
          text={w.removeText(webhook.url)}
          action={w.remove}
          onConfirm={async () => {
            await call(path, { method: 'DELETE' });
            toast(w.removed);
            go(hrefOf(['webhooks']));
          }}
          onClose={closed}
        />
      )}
      {secret.value !== null && (
        <SecretOnce
          secret={secret.value}
          onClose={() => {
            secret.value = null;
          }}
        />
      )}
    </div>
  );
}
