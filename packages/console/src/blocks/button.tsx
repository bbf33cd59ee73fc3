import { useSignal } from '@preact/signals';
import type { ComponentChildren } from 'preact';
import { explain } from '../api/explain.ts';
import { toast } from '../frame/toasts.tsx';
import { Icon, type IconName } from './icon.tsx';

export interface ButtonProps {
  /** What it does. While that takes time the button is busy, and a failure is told in words. */
  readonly onPress: () => unknown;
  readonly kind?: 'primary' | 'normal' | 'quiet' | 'danger';
  readonly icon?: IconName;
  /** Only the icon is seen; the label is read out, and shown when pointed at. */
  readonly label?: string;
  readonly pressed?: boolean;
  readonly disabled?: boolean;
  readonly small?: boolean;
  readonly children?: ComponentChildren;
}

export function Button({
  onPress,
  kind = 'normal',
  icon,
  label,
  pressed,
  disabled = false,
  small,
  children,
}: ButtonProps) {
  const busy = useSignal(false);
  const press = async () => {
    if (busy.value) return;
    const going = onPress();
    if (!(going instanceof Promise)) return;
    busy.value = true;
    try {
      await going;
    } catch (error) {
      const said = explain(error);
      if (said !== null) toast(said, 'failed');
    } finally {
      busy.value = false;
    }
  };
  return (
    <button
      type="button"
      class={`button ${kind} ${small ? 'small' : ''} ${children === undefined ? 'icon-only' : ''}`}
      aria-label={label}
      title={label}
      aria-pressed={pressed}
      aria-busy={busy.value}
      disabled={disabled}
      onClick={() => void press()}
    >
      {busy.value ? <span class="spinner" aria-hidden="true" /> : icon && <Icon name={icon} />}
      {children}
    </button>
  );
}

/** Looks like a button and leads somewhere. */
export function LinkButton({
  href,
  kind = 'normal',
  icon,
  download,
  small,
  children,
}: {
  readonly href: string;
  readonly kind?: ButtonProps['kind'];
  readonly icon?: IconName;
  readonly download?: string;
  readonly small?: boolean;
  readonly children: ComponentChildren;
}) {
  return (
    <a class={`button ${kind} ${small ? 'small' : ''}`} href={href} {...(download !== undefined && { download })}>
      {icon && <Icon name={icon} />}
      {children}
    </a>
  );
}
