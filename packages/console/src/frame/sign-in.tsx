import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { explain, isCode } from '../api/explain.ts';
import { signIn } from '../api/sign-in.ts';
import { TextField } from '../blocks/field.tsx';
import { Notice } from '../blocks/notice.tsx';
import { go } from './place.ts';
import { words } from './words.ts';

/** Where a key is pasted. `code` is that of a one-time link that was opened. */
export function SignIn({ code }: { readonly code: string | undefined }) {
  const w = words().signIn;
  const key = useSignal('');
  const busy = useSignal(code !== undefined);
  const refused = useSignal<string | null>(null);
  const linkUsed = useSignal(false);

  const enter = async (proof: { key: string } | { code: string }) => {
    busy.value = true;
    refused.value = null;
    try {
      await signIn(proof);
    } catch (error) {
      if ('code' in proof && isCode(error, 'sign_in_link_spent')) linkUsed.value = true;
      else refused.value = explain(error);
    } finally {
      busy.value = false;
    }
  };

  useEffect(() => {
    if (code === undefined) return;
    // Then out of the address, so that it is not kept in the history or sent on with a copied link. Not before: a page that opened meanwhile would ask
    // with the cookie of the session before, which has just ended.
    void enter({ code }).finally(() => go('#/', { replace: true }));
  }, []);

  return (
    <main class="sign-in" id="content">
      <h1>{w.title}</h1>
      <p class="lead">{w.lead}</p>
      {linkUsed.value && <Notice kind="warning">{w.linkUsed}</Notice>}
      <form
        onSubmit={(event) => {
          event.preventDefault();
          void enter({ key: key.value.trim() });
        }}
      >
        <TextField
          label={w.key}
          hint={w.keyHint}
          error={refused.value}
          type="password"
          autocomplete="current-password"
          required
          code
          value={key.value}
          onChange={(value) => {
            key.value = value;
          }}
        />
        <button type="submit" class="button primary" aria-busy={busy.value}>
          {busy.value && <span class="spinner" aria-hidden="true" />}
          {busy.value ? w.opening : w.action}
        </button>
      </form>
      <p class="hint">{w.stays}</p>
    </main>
  );
}
