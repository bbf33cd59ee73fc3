import { toast } from './toasts.tsx';
import { words } from './words.ts';

/** Copies a text and says so, or what to do where the browser does not let it. */
export async function copyText(text: string): Promise<void> {
  const w = words();
  if (await copied(text)) toast(w.copied);
  else toast(w.notCopied, 'failed');
}

async function copied(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    // On plain http from another machine there is no clipboard but by this old way.
    const area = document.createElement('textarea');
    area.value = text;
    area.className = 'unseen';
    document.body.append(area);
    area.select();
    const done = document.execCommand('copy');
    area.remove();
    return done;
  }
}
