import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { explain, isCode } from '../api/explain.ts';
import { session } from '../api/session.ts';
import { signIn } from '../api/sign-in.ts';
import { Button } from '../blocks/button.tsx';
import { TextField } from '../blocks/field.tsx';
import { Notice } from '../blocks/notice.tsx';
import { go, place } from './place.ts';
import { words } from './words.ts';

/**
 * Whether a link has to be confirmed: where somebody is signed in already, and where another site may have led here (the server marks the page where it
 * was opened directly). A link that was slipped to somebody must not sign them in as another unasked.
 */
function hasToAsk(): boolean {
  return Boolean(session.peek()) || document.documentElement.dataset.opened !== 'directly';
}

/** Where a key is pasted. `code` is that of a one-time link that was opened. */
export function SignIn({ code }: { readonly code: string | undefined }) {
  const w = words().signIn;
  const key = useSignal('');
  const asks = useSignal(code !== undefined && hasToAsk());
  const busy = useSignal(code !== undefined && !asks.peek());
  const refused = useSignal<string | null>(null);
  const linkUsed = useSignal(false);

  const enter = async (proof: { key: string } | { code: string }) => {
    busy.value = true;
    refused.value = null;
    linkUsed.value = false;
    try {
      await signIn(proof);
    } catch (error) {
      if ('code' in proof && isCode(error, 'sign_in_link_spent')) linkUsed.value = true;
      else refused.value = explain(error);
    } finally {
      busy.value = false;
    }
  };

  const take = async (code: string) => {
    await enter({ code });
    // Then out of the address, so that it is not kept in the history or sent on with a copied link. Not before: a page that opened meanwhile would ask
    // with the cookie of the session before, which has just ended.
    const isKept = asks.value && (linkUsed.value || refused.value !== null);
    if (!isKept && place.peek().parts[1] === code) go('#/', { replace: true });
  };

  useEffect(() => {
    if (code === undefined) return;
    asks.value = hasToAsk();
    linkUsed.value = false;
    refused.value = null;
    if (!asks.value) void take(code);
  }, [code]);

  if (code !== undefined && asks.value) {
    const name = session.value?.name;
    return (
      <main class="sign-in" id="content">
        <h1>{name === undefined ? w.linkTitle : w.anewTitle}</h1>
        {linkUsed.value && <Notice kind="warning">{w.linkUsed}</Notice>}
        {refused.value !== null && <Notice kind="failed">{refused.value}</Notice>}
        <p class="lead">{name === undefined ? w.linkAsks : w.anewAsks(name)}</p>
        <div class="actions">
          <Button kind="primary" onPress={() => take(code)}>
            {name === undefined ? w.action : w.anew}
          </Button>
          <Button onPress={() => go('#/', { replace: true })}>{name === undefined ? w.useKey : w.stay}</Button>
        </div>
      </main>
    );
  }
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
            refused.value = null;
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
