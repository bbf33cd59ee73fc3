import { signal } from '@preact/signals';
import { Icon } from '../blocks/icon.tsx';
import { words } from './words.ts';

export interface Toast {
  readonly id: number;
  readonly text: string;
  readonly kind: 'done' | 'failed';
}

/** Milliseconds that good news stays; bad news stays until it is closed. */
const SHOWN_MS = 4_000;

const toasts = signal<readonly Toast[]>([]);
const spokenNow = signal('');
let last = 0;

/** Shows a sentence at the edge of the page, and says it to screen readers. */
export function toast(text: string, kind: Toast['kind'] = 'done'): void {
  last += 1;
  const id = last;
  toasts.value = [...toasts.value.filter((one) => one.text !== text), { id, text, kind }];
  if (kind === 'done') setTimeout(() => close(id), SHOWN_MS);
}

/** Says a sentence to screen readers only. */
export function announce(text: string): void {
  // The same words twice would be no change, and say nothing.
  spokenNow.value = spokenNow.value === text ? `${text}\u200b` : text;
}

function close(id: number): void {
  toasts.value = toasts.value.filter((one) => one.id !== id);
}

export function Toasts() {
  const w = words();
  return (
    <>
      <div class="unseen" role="status" aria-live="polite">
        {spokenNow}
      </div>
      <div class="toasts" role="log" aria-live="polite" aria-label={w.messages}>
        {toasts.value.map((one) => (
          <div key={one.id} class={`toast ${one.kind}`}>
            <Icon name={one.kind === 'done' ? 'check' : 'warning'} />
            <span>{one.text}</span>
            <button type="button" class="plain icon-only" aria-label={w.close} onClick={() => close(one.id)}>
              <Icon name="close" />
            </button>
          </div>
        ))}
      </div>
    </>
  );
}
