import type { WebhookBody, WebhookEvent } from '@docusnap/contracts';
import { useSignal } from '@preact/signals';
import { CallError, call, newRequestName } from '../api/call.ts';
import { explain } from '../api/explain.ts';
import { Button } from '../blocks/button.tsx';
import { Dialog } from '../blocks/dialog.tsx';
import { Check, TextField } from '../blocks/field.tsx';
import { Secret } from '../blocks/secret.tsx';
import { words } from './words.ts';

const EVENTS: readonly WebhookEvent[] = ['job.completed', 'job.partial', 'job.failed', 'job.cancelled', 'job.expired'];

/** An endpoint whose secret is shown this once. */
export type NewWebhook = WebhookBody & { readonly secret: string };

/** Asks for an endpoint, adds it, and shows its secret once. */
export function NewEndpoint({ onClose }: { readonly onClose: () => void }) {
  const w = words();
  const url = useSignal('https://');
  const name = useSignal('');
  const events = useSignal<readonly WebhookEvent[]>(EVENTS);
  const onlyNamed = useSignal(false);
  const refused = useSignal<string | null>(null);
  const made = useSignal<NewWebhook | null>(null);
  const add = async () => {
    refused.value = null;
    const json = { url: url.value.trim(), name: name.value.trim(), events: events.value, only_named: onlyNamed.value };
    try {
      const headers = { 'idempotency-key': newRequestName() };
      made.value = await call('/v1/webhooks', { method: 'POST', json, headers });
    } catch (error) {
      if (!(error instanceof CallError) || error.status === 0) throw error;
      refused.value = explain(error);
    }
  };
  if (made.value !== null) return <SecretOnce secret={made.value.secret} onClose={onClose} />;
  return (
    <Dialog
      title={w.add}
      onClose={onClose}
      actions={
        <Button kind="primary" disabled={events.value.length === 0} onPress={add}>
          {w.create}
        </Button>
      }
    >
      <TextField
        label={w.address}
        hint={w.addressHint}
        error={refused.value}
        type="url"
        code
        value={url.value}
        onChange={(value) => {
          url.value = value;
          refused.value = null;
        }}
      />
      <TextField
        label={w.name}
        hint={w.nameHint}
        value={name.value}
        onChange={(value) => {
          name.value = value;
        }}
      />
      <fieldset>
        <legend>{w.events}</legend>
        {EVENTS.map((event) => (
          <Check
            key={event}
            label={w.eventNames[event]}
            checked={events.value.includes(event)}
            onChange={(checked) => {
              events.value = checked ? [...events.value, event] : events.value.filter((one) => one !== event);
            }}
          />
        ))}
      </fieldset>
      <Check
        label={w.onlyNamed}
        hint={w.onlyNamedHint}
        checked={onlyNamed.value}
        onChange={(checked) => {
          onlyNamed.value = checked;
        }}
      />
    </Dialog>
  );
}

export function SecretOnce({ secret, onClose }: { readonly secret: string; readonly onClose: () => void }) {
  const w = words();
  return (
    <Dialog title={w.secretTitle} onClose={onClose} actions={<Button onPress={onClose}>{w.done}</Button>}>
      <Secret label={w.secret} value={secret} />
    </Dialog>
  );
}
