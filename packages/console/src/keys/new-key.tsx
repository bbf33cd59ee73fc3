import type { NewKeyBody, Scope } from '@docusnap/contracts';
import { useSignal } from '@preact/signals';
import { call, newRequestName } from '../api/call.ts';
import { mayDo } from '../api/session.ts';
import { Button } from '../blocks/button.tsx';
import { Dialog } from '../blocks/dialog.tsx';
import { Check } from '../blocks/field.tsx';
import { Secret } from '../blocks/secret.tsx';
import { isWhole, TermFields, termsBody, useTerms } from './key-terms.tsx';
import { words } from './words.ts';

const SCOPES: readonly Scope[] = ['read', 'write', 'admin', 'operator'];

/** Asks what a key is for, makes it, and shows it once. */
export function NewKey({ onClose }: { readonly onClose: () => void }) {
  const w = words();
  const terms = useTerms();
  const scopes = useSignal<readonly Scope[]>(['read', 'write']);
  const made = useSignal<NewKeyBody | null>(null);
  const make = async () => {
    const headers = { 'idempotency-key': newRequestName() };
    const json = { ...termsBody(terms), scopes: scopes.value };
    made.value = await call<NewKeyBody>('/v1/keys', { method: 'POST', json, headers });
  };
  if (made.value !== null) {
    return (
      <Dialog key="made" title={w.madeTitle} onClose={onClose} actions={<Button onPress={onClose}>{w.done}</Button>}>
        <Secret label={w.key} value={made.value.key} />
      </Dialog>
    );
  }
  return (
    <Dialog
      title={w.add}
      onClose={onClose}
      actions={
        <Button kind="primary" disabled={!isWhole(terms) || scopes.value.length === 0} onPress={make}>
          {w.create}
        </Button>
      }
    >
      <TermFields terms={terms} />
      <fieldset>
        <legend>{w.scopes}</legend>
        {SCOPES.filter((scope) => scope !== 'operator' || mayDo('operator')).map((scope) => (
          <Check
            key={scope}
            label={w.scopeNames[scope]}
            hint={w.scopeHints[scope]}
            checked={scopes.value.includes(scope)}
            onChange={(checked) => {
              scopes.value = SCOPES.filter((one) => (one === scope ? checked : scopes.value.includes(one)));
            }}
          />
        ))}
      </fieldset>
    </Dialog>
  );
}
