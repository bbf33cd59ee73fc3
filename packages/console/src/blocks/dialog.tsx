import type { ComponentChildren } from 'preact';
import { useEffect, useId, useRef } from 'preact/hooks';
import { words } from '../frame/words.ts';
import { Button } from './button.tsx';

/** What is written into, or else the first of what may be done: the browser would begin with the cross that closes it. */
const FIRST = '.body :is(input:not([type="checkbox"], [type="radio"]), textarea)';
const ELSE_FIRST = 'footer button';

/** A window over the page. The browser keeps the focus in it, Escape closes it, and Enter in a field does what it is for. */
export function Dialog({
  title,
  onClose,
  actions,
  children,
}: {
  readonly title: string;
  readonly onClose: () => void;
  readonly actions?: ComponentChildren;
  readonly children: ComponentChildren;
}) {
  const w = words();
  const id = useId();
  const dialog = useRef<HTMLDialogElement>(null);
  const latest = useRef(onClose);
  latest.current = onClose;
  useEffect(() => {
    const shown = dialog.current;
    const closed = () => latest.current();
    shown?.addEventListener('close', closed);
    shown?.showModal();
    (shown?.querySelector<HTMLElement>(FIRST) ?? shown?.querySelector<HTMLElement>(ELSE_FIRST))?.focus();
    return () => {
      // Gone, it would say that it was closed to a page on which another one may be open by then.
      shown?.removeEventListener('close', closed);
      shown?.close();
    };
  }, []);
  return (
    <dialog ref={dialog} aria-labelledby={id} onKeyDown={(event) => isSent(event) && doIt(event.currentTarget)}>
      <header>
        <h2 id={id}>{title}</h2>
        <Button kind="quiet" icon="close" label={w.close} onPress={onClose} />
      </header>
      <div class="body">{children}</div>
      {actions && <footer>{actions}</footer>}
    </dialog>
  );
}

/** Not while a word is put together, as Chinese is typed. */
function isSent({ key, isComposing, target }: KeyboardEvent): boolean {
  return key === 'Enter' && !isComposing && target instanceof HTMLInputElement && target.type !== 'checkbox';
}

function doIt(dialog: HTMLDialogElement): void {
  dialog.querySelector<HTMLButtonElement>('footer .button.primary')?.click();
}

/** Asks before something is done that cannot be undone. */
export function Confirm({
  title,
  text,
  action,
  onConfirm,
  onClose,
}: {
  readonly title: string;
  readonly text: ComponentChildren;
  readonly action: string;
  readonly onConfirm: () => Promise<unknown>;
  readonly onClose: () => void;
}) {
  const w = words();
  return (
    <Dialog
      title={title}
      onClose={onClose}
      actions={
        <>
          <Button onPress={onClose}>{w.cancel}</Button>
          <Button kind="danger" onPress={() => onConfirm().then(onClose)}>
            {action}
          </Button>
        </>
      }
    >
      <p>{text}</p>
    </Dialog>
  );
}
