import type { DeliveryBody } from '@docusnap/contracts';
import { call } from '../api/call.ts';
import { mayDo } from '../api/session.ts';
import { Button } from '../blocks/button.tsx';
import { Badge } from '../blocks/notice.tsx';
import { Table } from '../blocks/table.tsx';
import { hrefOf } from '../frame/place.ts';
import { toast } from '../frame/toasts.tsx';
import { figure, moment } from '../words/figures.ts';
import { words } from './words.ts';

/** Why nothing was answered: the log has a code, with what the network said after a colon. */
function silence(error: string): string {
  const [known = '', ...said] = error.split(': ');
  return [words().silences[known] ?? known, ...said].join(': ');
}

const TONES = { delivered: 'good', again: 'warning', given_up: 'failed' } as const;

/** What was sent, and how it was answered; each event can be sent again. */
export function Attempts({
  caption,
  deliveries,
  onDone,
}: {
  readonly caption: string;
  readonly deliveries: readonly DeliveryBody[];
  readonly onDone: () => Promise<void>;
}) {
  const w = words();
  const redeliver = async (id: string) => {
    await call(`/v1/webhooks/deliveries/${id}/redeliver`, { method: 'POST' });
    toast(w.redelivered);
    await onDone();
  };
  return (
    <Table
      caption={caption}
      rows={deliveries}
      keyOf={({ id, attempt }) => `${id}:${attempt}`}
      columns={[
        { head: w.at, names: true, cell: ({ at }) => moment(at) },
        {
          head: w.event,
          cell: ({ type, job_id }) =>
            job_id === null ? <code>{type}</code> : <a href={hrefOf(['jobs', job_id])}>{type}</a>,
        },
        {
          head: w.outcome,
          cell: ({ outcome, next_attempt_at }) => (
            <>
              <Badge tone={TONES[outcome]}>{w.outcomes[outcome]}</Badge>
              {next_attempt_at && <span class="hint"> {w.next(moment(next_attempt_at))}</span>}
            </>
          ),
        },
        {
          head: w.answer,
          cell: ({ status, error }) => (
            <>
              {status ?? (error ? '' : w.noAnswer)}
              {error && <span class="hint"> {silence(error)}</span>}
            </>
          ),
        },
        { head: w.attempt, figure: true, wide: true, cell: ({ attempt }) => figure(attempt) },
        { head: w.took, figure: true, wide: true, cell: ({ milliseconds }) => w.ms(figure(milliseconds)) },
        {
          head: w.actions,
          cell: ({ id, type }) =>
            mayDo('admin') && (
              <Button small icon="retry" label={`${w.redeliver}: ${type}`} onPress={() => redeliver(id)} />
            ),
        },
      ]}
    />
  );
}
