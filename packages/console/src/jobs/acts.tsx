import type { JobBody } from '@docusnap/contracts';
import { hasEnded } from '@docusnap/contracts/job';
import { useSignal } from '@preact/signals';
import { call, newRequestName } from '../api/call.ts';
import { mayDo } from '../api/session.ts';
import { Button } from '../blocks/button.tsx';
import { Confirm } from '../blocks/dialog.tsx';
import { toast } from '../frame/toasts.tsx';
import { words } from './words.ts';

/** What can be done with a job: stop it, read again what failed, delete it. `onDone` is told when something was. */
export function JobActs({
  job,
  onDone,
  small = false,
}: {
  readonly job: JobBody;
  readonly onDone: (what: 'changed' | 'removed') => unknown;
  readonly small?: boolean;
}) {
  const w = words();
  const asking = useSignal(false);
  if (!mayDo('write')) return null;
  const act = async (path: string, said: string) => {
    await call(`/v1/jobs/${job.id}/${path}`, { method: 'POST', headers: { 'idempotency-key': newRequestName() } });
    toast(said);
    await onDone('changed');
  };
  const remove = async () => {
    await call(`/v1/jobs/${job.id}`, { method: 'DELETE', headers: { prefer: 'return=representation' } });
    toast(w.removed);
    await onDone('removed');
  };
  const mayRetry = hasEnded(job.status) && job.status !== 'completed';
  return (
    <div class="acts">
      {!hasEnded(job.status) && (
        <Button
          small={small}
          icon="stop"
          label={small ? `${w.cancel}: ${job.name}` : w.cancel}
          onPress={() => act('cancel', w.cancelled)}
        >
          {small ? undefined : w.cancel}
        </Button>
      )}
      {mayRetry && (
        <Button
          small={small}
          icon="retry"
          label={small ? `${w.retry}: ${job.name}` : w.retry}
          onPress={() => act('retry', w.retried)}
        >
          {small ? undefined : w.retry}
        </Button>
      )}
      <Button
        small={small}
        kind={small ? 'quiet' : 'danger'}
        icon="trash"
        label={small ? `${w.remove}: ${job.name}` : w.remove}
        onPress={() => {
          asking.value = true;
        }}
      >
        {small ? undefined : w.remove}
      </Button>
      {asking.value && (
        <Confirm
          title={w.removeTitle}
          text={w.removeText(job.name)}
          action={w.remove}
          onConfirm={remove}
          onClose={() => {
            asking.value = false;
          }}
        />
      )}
    </div>
  );
}
