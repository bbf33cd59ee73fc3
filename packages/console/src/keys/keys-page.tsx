import type { KeyBody, UsageBody } from '@docusnap/contracts';
import { useSignal } from '@preact/signals';
import { useAsked } from '../api/asked.ts';
import { call } from '../api/call.ts';
import { mayDo, session } from '../api/session.ts';
import { findSession } from '../api/sign-in.ts';
import { Button } from '../blocks/button.tsx';
import { Confirm, Dialog } from '../blocks/dialog.tsx';
import { Check } from '../blocks/field.tsx';
import { Badge, Notice } from '../blocks/notice.tsx';
import { Table } from '../blocks/table.tsx';
import { toast } from '../frame/toasts.tsx';
import { figure, moment } from '../words/figures.ts';
import '../jobs/jobs.css';
import './keys.css';
import { isWhole, TermFields, termsBody, useTerms } from './key-terms.tsx';
import { NewKey } from './new-key.tsx';
import { words } from './words.ts';

/** Days whose pages are shown beside each key. */
const USED_DAYS = 30;
const DAY_MS = 86_400_000;

const isOver = ({ revoked_at, expires_at }: KeyBody): boolean =>
  revoked_at !== null || (expires_at !== null && Date.parse(expires_at) <= Date.now());

export default function KeysPage() {
  const w = words();
  const asked = useAsked<{ readonly keys: readonly KeyBody[] }>('/v1/keys');
  const used = useAsked<{ readonly usage: readonly UsageBody[] }>(
    `/v1/usage?group_by=key&from=${dayBefore(USED_DAYS)}`,
  );
  const adding = useSignal(false);
  const showOver = useSignal(false);
  const all = asked.value?.keys ?? [];
  const keys = all.filter((key) => showOver.value || !isOver(key));
  const pagesOf = new Map(used.value?.usage.map(({ key_id, pages }) => [key_id, pages]));
  return (
    <>
      <div class="heading">
        <h1>{w.title}</h1>
        <div class="actions">
          <Button
            kind="primary"
            icon="plus"
            onPress={() => {
              adding.value = true;
            }}
          >
            {w.add}
          </Button>
        </div>
      </div>
      <p class="lead">{w.lead}</p>
      {asked.error !== null && <Notice kind="failed">{asked.error}</Notice>}
      {all.some(isOver) && (
        <Check
          label={w.showRevoked}
          checked={showOver.value}
          onChange={(checked) => {
            showOver.value = checked;
          }}
        />
      )}
      {keys.length > 0 && (
        <Table
          caption={w.title}
          hideCaption
          rows={keys}
          keyOf={({ id }) => id}
          columns={[
            {
              head: w.name,
              names: true,
              cell: ({ id, name, prefix }) => (
                <>
                  {name} {id === session.value?.key_id && <Badge tone="busy">{w.yours}</Badge>}
                  <div class="hint">
                    <code>{prefix}…</code>
                  </div>
                </>
              ),
            },
            {
              head: w.scopes,
              cell: ({ scopes }) => (
                <span class="badges">
                  {scopes.map((scope) => (
                    <Badge key={scope}>{w.scopeNames[scope]}</Badge>
                  ))}
                </span>
              ),
            },
            { head: w.status, cell: (key) => <Standing of={key} /> },
            {
              head: w.lastUsed,
              wide: true,
              cell: ({ last_used_at }) => (last_used_at === null ? w.never : moment(last_used_at)),
            },
            {
              head: w.expires,
              wide: true,
              cell: ({ expires_at }) => (expires_at === null ? w.never : moment(expires_at)),
            },
            { head: w.used30, wide: true, figure: true, cell: ({ id }) => figure(pagesOf.get(id) ?? 0) },
            { head: w.actions, cell: (key) => <Acts of={key} onDone={asked.reload} /> },
          ]}
        />
      )}
      {adding.value && (
        <NewKey
          onClose={() => {
            adding.value = false;
            void asked.reload();
          }}
        />
      )}
    </>
  );
}

function dayBefore(days: number): string {
  return new Date(Date.now() - days * DAY_MS).toISOString().slice(0, 10);
}

function Standing({ of: key }: { readonly of: KeyBody }) {
  const w = words();
  if (key.revoked_at !== null) return <Badge tone="failed">{w.revoked}</Badge>;
  return isOver(key) ? <Badge tone="warning">{w.expired}</Badge> : <Badge tone="good">{w.active}</Badge>;
}

function Acts({ of: key, onDone }: { readonly of: KeyBody; readonly onDone: () => Promise<void> }) {
  const w = words();
  const asking = useSignal<'change' | 'revoke' | null>(null);
  const closed = () => {
    asking.value = null;
  };
  // Only an operator sees to keys of operators.
  if (key.revoked_at !== null || (key.scopes.includes('operator') && !mayDo('operator'))) return null;
  const isOwn = key.id === session.value?.key_id;
  const revoke = async () => {
    await call(`/v1/keys/${key.id}`, { method: 'DELETE' });
    toast(w.isRevoked);
    await (isOwn ? findSession() : onDone());
  };
  return (
    <div class="acts">
      <Button
        small
        icon="pen"
        label={`${w.change}: ${key.name}`}
        onPress={() => {
          asking.value = 'change';
        }}
      />
      <Button
        small
        kind="quiet"
        icon="trash"
        label={`${w.revoke}: ${key.name}`}
        onPress={() => {
          asking.value = 'revoke';
        }}
      />
      {asking.value === 'change' && <Change of={key} onDone={onDone} onClose={closed} />}
      {asking.value === 'revoke' && (
        <Confirm
          title={w.revokeTitle}
          text={`${w.revokeText(key.name)}${isOwn ? ` ${w.revokeOwn}` : ''}`}
          action={w.revoke}
          onConfirm={revoke}
          onClose={closed}
        />
      )}
    </div>
  );
}

function Change({
  of: key,
  onDone,
  onClose,
}: {
  readonly of: KeyBody;
  readonly onDone: () => Promise<void>;
  readonly onClose: () => void;
}) {
  const w = words();
  const terms = useTerms(key);
  const save = async () => {
    await call(`/v1/keys/${key.id}`, { method: 'PATCH', json: termsBody(terms, key) });
    toast(w.saved);
    onClose();
    await onDone();
  };
  return (
    <Dialog
      title={w.changeTitle(key.name)}
      onClose={onClose}
      actions={
        <Button kind="primary" disabled={!isWhole(terms)} onPress={save}>
          {w.save}
        </Button>
      }
    >
      <TermFields terms={terms} />
    </Dialog>
  );
}
