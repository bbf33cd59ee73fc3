import type { ComponentChildren } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import { Icon, type IconName } from './icon.tsx';

/** A button with something to open under it. It shuts by Escape, and when one goes elsewhere. */
export function Drop({
  icon,
  text,
  label,
  children,
}: {
  readonly icon: IconName;
  readonly text?: string;
  /** In place of a text, where there is room for the icon only. */
  readonly label?: string;
  readonly children: ComponentChildren;
}) {
  const details = useRef<HTMLDetailsElement>(null);
  useEffect(() => {
    const over = new AbortController();
    const shutUnless = (stays: (open: HTMLDetailsElement) => boolean) => {
      const open = details.current;
      if (open?.open && !stays(open)) open.open = false;
    };
    const holds = (event: Event) => (open: HTMLDetailsElement) => open.contains(event.target as Node);
    addEventListener('pointerdown', (event) => shutUnless(holds(event)), { signal: over.signal });
    addEventListener('focusin', (event) => shutUnless(holds(event)), { signal: over.signal });
    addEventListener(
      'keydown',
      (event) => {
        if (event.key !== 'Escape' || !details.current?.open) return;
        if (details.current.contains(document.activeElement)) details.current.querySelector('summary')?.focus();
        shutUnless(() => false);
      },
      { signal: over.signal },
    );
    return () => over.abort();
  }, []);
  return (
    <details class="drop" ref={details}>
      <summary class={text === undefined ? 'button quiet icon-only' : 'button small'} aria-label={label} title={label}>
        <Icon name={icon} />
        {text}
      </summary>
      <div class="dropped">{children}</div>
    </details>
  );
}
