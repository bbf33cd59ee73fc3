import { effect, signal } from '@preact/signals';
import { remember, remembered } from './remembered.ts';

export const THEMES = ['system', 'light', 'dark'] as const;
export type Theme = (typeof THEMES)[number];

/** As was chosen here, else as the system is. */
export const theme = signal<Theme>(THEMES.find((one) => one === remembered('theme')) ?? 'system');

export function paint(next: Theme): void {
  theme.value = next;
  remember('theme', next);
}

export function keepDocumentTheme(): () => void {
  return effect(() => {
    document.documentElement.dataset.theme = theme.value;
  });
}
