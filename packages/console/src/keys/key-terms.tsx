import type { KeyBody } from '@docusnap/contracts';
import { type Signal, useSignal } from '@preact/signals';
import { TextField } from '../blocks/field.tsx';
import { dayOf, expiryBody } from './expiry.ts';
import { words } from './words.ts';

/** What of a key may be changed later, as it is typed. */
export interface Terms {
  readonly name: Signal<string>;
  readonly expires: Signal<string>;
  readonly requests: Signal<string>;
  readonly pages: Signal<string>;
}

export function useTerms(key?: KeyBody): Terms {
  return {
    name: useSignal(key?.name ?? ''),
    expires: useSignal(dayOf(key?.expires_at)),
    requests: useSignal(key?.limits.requests_per_minute?.toString() ?? ''),
    pages: useSignal(key?.limits.pages_per_day?.toString() ?? ''),
  };
}

const isLimit = (text: string): boolean => text.trim() === '' || /^[1-9]\d*$/.test(text.trim());
const limitOf = (text: string): number | undefined => (text.trim() === '' ? undefined : Number(text));

export function isWhole({ name, requests, pages }: Terms): boolean {
  return name.value.trim() !== '' && isLimit(requests.value) && isLimit(pages.value);
}

/** As the API takes them; limits that this page does not show are kept. */
export function termsBody({ name, expires, requests, pages }: Terms, before?: KeyBody): object {
  const limits = {
    ...before?.limits,
    requests_per_minute: limitOf(requests.value),
    pages_per_day: limitOf(pages.value),
  };
  return { name: name.value.trim(), limits, ...expiryBody(expires.value, before?.expires_at) };
}

export function TermFields({ terms }: { readonly terms: Terms }) {
  const w = words();
  const limit = (label: string, at: Signal<string>) => (
    <TextField
      label={label}
      hint={w.limitHint}
      error={isLimit(at.value) ? null : w.notNumber}
      value={at.value}
      onChange={(value) => {
        at.value = value;
      }}
    />
  );
  return (
    <>
      <TextField
        label={w.name}
        hint={w.nameHint}
        required
        value={terms.name.value}
        onChange={(value) => {
          terms.name.value = value;
        }}
      />
      <TextField
        label={w.expires}
        hint={w.expiresHint}
        type="date"
        value={terms.expires.value}
        onChange={(value) => {
          terms.expires.value = value;
        }}
      />
      <div class="two">
        {limit(w.requests, terms.requests)}
        {limit(w.pages, terms.pages)}
      </div>
    </>
  );
}
