import type { ComponentChildren } from 'preact';
import { Icon, type IconName } from './icon.tsx';

/** A few sentences that should be seen: what happened, what to do. */
export function Notice({
  kind = 'info',
  title,
  actions,
  children,
}: {
  readonly kind?: 'info' | 'warning' | 'failed';
  readonly title?: string;
  readonly actions?: ComponentChildren;
  readonly children?: ComponentChildren;
}) {
  return (
    <div class={`notice ${kind}`} role={kind === 'failed' ? 'alert' : 'note'}>
      <Icon name={kind === 'info' ? 'info' : 'warning'} />
      <div class="text">
        {title && <strong>{title}</strong>}
        {children !== undefined && <div>{children}</div>}
      </div>
      {actions && <div class="actions">{actions}</div>}
    </div>
  );
}

/** What stands where there is nothing yet: it says what to do. */
export function Empty({
  icon,
  title,
  children,
  actions,
  whole = false,
}: {
  /** The page holds nothing else, so that this is its heading. */
  readonly whole?: boolean;
  readonly icon: IconName;
  readonly title: string;
  readonly children?: ComponentChildren;
  readonly actions?: ComponentChildren;
}) {
  return (
    <div class="empty">
      <Icon name={icon} />
      {whole ? <h1>{title}</h1> : <h2>{title}</h2>}
      {children !== undefined && <p>{children}</p>}
      {actions && <div class="actions">{actions}</div>}
    </div>
  );
}

/** How far something is: of `total`, or nobody knows how far. */
export function Progress({
  label,
  done,
  total,
}: {
  readonly label: string;
  readonly done: number;
  readonly total: number | null;
}) {
  return total === null ? (
    <progress aria-label={label} />
  ) : (
    <progress aria-label={label} value={done} max={Math.max(total, 1)} />
  );
}

/** A word in colour: how something stands. */
export function Badge({
  tone = 'plain',
  children,
}: {
  readonly tone?: 'plain' | 'good' | 'busy' | 'warning' | 'failed';
  readonly children: ComponentChildren;
}) {
  return <span class={`badge ${tone}`}>{children}</span>;
}
