import { Button } from '../blocks/button.tsx';
import { toast } from '../frame/toasts.tsx';
import type { OpenDocument } from './open-document.ts';
import { words } from './words.ts';

/** Reads again what failed; of a document that was stopped, what had not been read. */
export function RetryButton({
  document,
  stopped = false,
}: {
  readonly document: OpenDocument;
  readonly stopped?: boolean;
}) {
  const w = words();
  return (
    <Button icon="retry" onPress={() => document.retry().then(() => toast(w.retrying))}>
      {stopped ? w.retryRest : w.retry}
    </Button>
  );
}
