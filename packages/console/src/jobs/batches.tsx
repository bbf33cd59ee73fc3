import type { BatchBody } from '@docusnap/contracts';
import { useSignal } from '@preact/signals';
import { useAsked } from '../api/asked.ts';
import { call, newRequestName } from '../api/call.ts';
import { mayDo } from '../api/session.ts';
import { Button, LinkButton } from '../blocks/button.tsx';
import { Confirm } from '../blocks/dialog.tsx';
import { Badge, Empty, Notice, Progress } from '../blocks/notice.tsx';
import { Table } from '../blocks/table.tsx';
import { hrefOf } from '../frame/place.ts';
import { toast } from '../frame/toasts.tsx';
import { figure, moment } from '../words/figures.ts';
import { words } from './words.ts';

interface BatchList {
  readonly batches: readonly BatchBody[];
  readonly next_cursor: string | null;
}

const LOOK_MS = 3_000;
const TONES = { empty: 'plain', running: 'busy', ended: 'good' } as const;

export function Batches() {
  const w = words();
  const asked = useAsked<BatchList>('/v1/batches?limit=50', { everyMs: LOOK_MS });
  const later = useSignal<readonly BatchBody[]>([]);
  const cursor = useSignal<string | null | undefined>(undefined);
  const next = cursor.value === undefined ? (asked.value?.next_cursor ?? null) : cursor.value;
  const more = async () => {
    const found = await call<BatchList>(`/v1/batches?limit=50&cursor=${encodeURIComponent(next ?? '')}`);
    later.value = [...later.value, ...found.batches];
    cursor.value = found.next_cursor;
  };
  const first = asked.value?.batches ?? [];
  const batches = [...first, ...later.value.filter(({ id }) => !first.some((one) => one.id === id))];
  return (
    <>
      <div class="heading">
        <h1>{w.batches}</h1>
        <div class="actions">
          <LinkButton href={hrefOf(['jobs'])}>{w.allJobs}</LinkButton>
        </div>
      </div>
      <p class="lead">{w.batchesLead}</p>
      {asked.error !== null && <Notice kind="failed">{asked.error}</Notice>}
      {asked.value !== undefined && batches.length === 0 && (
        <Empty icon="layers" title={w.noBatches}>
          {w.noBatchesHint}
        </Empty>
      )}
      {batches.length > 0 && (
        <Table
          caption={w.batches}
          hideCaption
          rows={batches}
          keyOf={({ id }) => id}
          columns={[
            {
              head: w.name,
              names: true,
              cell: ({ id, name }) => (
                <a href={hrefOf(['jobs'], { batch: id })}>{name ?? `${w.unnamed} (${id.slice(0, 8)})`}</a>
              ),
            },
            { head: w.status, cell: ({ status }) => <Badge tone={TONES[status]}>{w.batchStatuses[status]}</Badge> },
            {
              head: w.progress,
              cell: ({ documents }) => <Progress label={w.progress} done={documents.ended} total={documents.total} />,
            },
            {
              head: w.documents,
              figure: true,
              cell: ({ documents }) => w.of(figure(documents.ended), figure(documents.total)),
            },
            { head: w.pages, figure: true, wide: true, cell: ({ pages }) => figure(pages.done + pages.failed) },
            { head: w.submitted, wide: true, cell: ({ created_at }) => moment(created_at) },
            { head: w.actions, cell: (batch) => <BatchActs batch={batch} onDone={asked.reload} /> },
          ]}
        />
      )}
      {next !== null && (
        <div class="actions">
          <Button onPress={more}>{w.more}</Button>
        </div>
      )}
    </>
  );
}

function BatchActs({ batch, onDone }: { readonly batch: BatchBody; readonly onDone: () => Promise<void> }) {
  const w = words();
  const asking = useSignal(false);
  if (!mayDo('write')) return null;
  const named = batch.name ?? batch.id.slice(0, 8);
  return (
    <div class="acts">
      {batch.status === 'running' && (
        <Button
          small
          icon="stop"
          label={`${w.cancelBatch}: ${named}`}
          onPress={async () => {
            await call(`/v1/batches/${batch.id}/cancel`, {
              method: 'POST',
              headers: { 'idempotency-key': newRequestName() },
            });
            toast(w.cancelled);
            await onDone();
          }}
        />
      )}
      <Button
        small
        kind="quiet"
        icon="trash"
        label={`${w.remove}: ${named}`}
        onPress={() => {
          asking.value = true;
        }}
      />
      {asking.value && (
        <Confirm
          title={w.removeBatchTitle}
          text={w.removeBatchText}
          action={w.remove}
          onConfirm={async () => {
            await call(`/v1/batches/${batch.id}`, { method: 'DELETE' });
            toast(w.removed);
            await onDone();
          }}
          onClose={() => {
            asking.value = false;
          }}
        />
      )}
    </div>
  );
}
