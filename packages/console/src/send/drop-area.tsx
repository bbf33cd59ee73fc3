import { useSignal } from '@preact/signals';
import type { ComponentChildren } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import { Button } from '../blocks/button.tsx';
import { Icon } from '../blocks/icon.tsx';
import { toast } from '../frame/toasts.tsx';
import { words } from './words.ts';

const SAMPLE = '/sample/invoice.jpg';
const KINDS = '.pdf,.jpg,.jpeg,.png,.webp,.gif,.tif,.tiff,.avif,.heic,.heif,.bmp,application/pdf,image/*';

/** Takes files: dropped anywhere on the page, pasted, chosen, photographed, or the sample. */
export function DropArea({
  onFiles,
  children,
}: {
  readonly onFiles: (files: readonly File[]) => void;
  readonly children?: ComponentChildren;
}) {
  const w = words();
  const over = useSignal(false);
  const chooser = useRef<HTMLInputElement>(null);
  const camera = useRef<HTMLInputElement>(null);
  useDropAndPaste(onFiles, (is) => {
    over.value = is;
  });
  const chosen = (event: Event & { readonly currentTarget: HTMLInputElement }) => {
    const files = [...(event.currentTarget.files ?? [])];
    // The same file may be chosen once more.
    event.currentTarget.value = '';
    if (files.length > 0) onFiles(files);
  };
  return (
    <div class={over.value ? 'drop-area over' : 'drop-area'}>
      <Icon name="upload" />
      <p class="call">{over.value ? w.dropNow : w.drop}</p>
      <p class="hint paste">{w.paste}</p>
      <input
        ref={chooser}
        class="unseen"
        type="file"
        multiple
        accept={KINDS}
        aria-label={w.choose}
        tabIndex={-1}
        onChange={chosen}
      />
      <input
        ref={camera}
        class="unseen"
        type="file"
        accept="image/*"
        capture="environment"
        aria-label={w.photograph}
        tabIndex={-1}
        onChange={chosen}
      />
      <div class="actions">
        <Button kind="primary" icon="upload" onPress={() => chooser.current?.click()}>
          {w.choose}
        </Button>
        <Button icon="camera" onPress={() => camera.current?.click()}>
          {w.photograph}
        </Button>
        <Button kind="quiet" onPress={() => takeSample(onFiles)}>
          {w.sample}
        </Button>
      </div>
      <p class="hint">{w.kinds}</p>
      {children}
    </div>
  );
}

async function takeSample(onFiles: (files: readonly File[]) => void): Promise<void> {
  const answer = await fetch(SAMPLE).catch(() => null);
  if (!answer?.ok) return toast(words().sampleGone, 'failed');
  onFiles([new File([await answer.blob()], 'invoice.jpg', { type: 'image/jpeg' })]);
}

function useDropAndPaste(onFiles: (files: readonly File[]) => void, onOver: (is: boolean) => void): void {
  const latest = useRef({ onFiles, onOver });
  latest.current = { onFiles, onOver };
  useEffect(() => {
    const over = new AbortController();
    const options = { signal: over.signal };
    const hasFiles = (event: DragEvent) => event.dataTransfer?.types.includes('Files') ?? false;
    addEventListener(
      'dragover',
      (event) => {
        if (!hasFiles(event)) return;
        event.preventDefault();
        latest.current.onOver(true);
      },
      options,
    );
    addEventListener(
      'dragleave',
      (event) => {
        // Only when the pointer leaves the window, not on its way from one element to the next.
        if (event.relatedTarget === null) latest.current.onOver(false);
      },
      options,
    );
    addEventListener(
      'drop',
      (event) => {
        if (!hasFiles(event)) return;
        event.preventDefault();
        latest.current.onOver(false);
        take([...(event.dataTransfer?.files ?? [])]);
      },
      options,
    );
    addEventListener('paste', (event) => take([...(event.clipboardData?.files ?? [])].map(named)), options);
    const take = (files: readonly File[]) => {
      if (files.length > 0) latest.current.onFiles(files);
    };
    return () => over.abort();
  }, []);
}

/** Pasted pictures all have the same name, and it says nothing. */
function named(file: File): File {
  if (!/^image\.\w+$/.test(file.name)) return file;
  return new File([file], `${words().pasted}.${file.name.split('.').at(-1)}`, { type: file.type });
}
