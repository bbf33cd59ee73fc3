import type { WebhookBody } from '@docusnap/contracts';
import { Badge } from '../blocks/notice.tsx';
import { moment } from '../words/figures.ts';
import { words } from './words.ts';

/** Whether an endpoint is sent events, and why not. */
export function Standing({ webhook }: { readonly webhook: WebhookBody }) {
  const w = words();
  const { enabled, disabled_reason, failing_since } = webhook;
  if (!enabled) {
    return (
      <>
        <Badge tone="failed">{w.disabled}</Badge>
        {disabled_reason && <span class="hint"> {w.reasons[disabled_reason] ?? disabled_reason}</span>}
      </>
    );
  }
  return failing_since ? (
    <Badge tone="warning">{w.failing(moment(failing_since))}</Badge>
  ) : (
    <Badge tone="good">{w.enabled}</Badge>
  );
}
