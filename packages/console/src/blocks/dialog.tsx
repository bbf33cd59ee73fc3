import type { ComponentChildren } from 'preact';
import { useEffect, useId, useRef } from 'preact/hooks';
import { words } from '../frame/words.ts';
import { Button } from './button.tsx';

/** A window over the page. The browser keeps the focus in it, and Escape closes it. */
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
    return () => {
      // Gone, it would say that it was closed to a page on which another one may be open by then.
      shown?.removeEventListener('close', closed);
      shown?.close();
    };
  }, []);
  return (
    <dialog ref={dialog} aria-labelledby={id}>
      <header>
        <h2 id={id}>{title}</h2>
        <Button kind="quiet" icon="close" label={w.close} onPress={onClose} />
      </header>
      <div class="body">{children}</div>
      {actions && <footer>{actions}</footer>}
    </dialog>
  );
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
