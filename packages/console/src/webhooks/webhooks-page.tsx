import type { WebhookBody } from '@docusnap/contracts';
import { useSignal } from '@preact/signals';
import { useAsked } from '../api/asked.ts';
import { Button } from '../blocks/button.tsx';
import { Empty, Notice } from '../blocks/notice.tsx';
import { Table } from '../blocks/table.tsx';
import { hrefOf } from '../frame/place.ts';
import type { PageProps } from '../frame/routes.ts';
import '../jobs/jobs.css';
import { moment } from '../words/figures.ts';
import { Endpoint } from './endpoint.tsx';
import { NewEndpoint } from './new-endpoint.tsx';
import { Standing } from './standing.tsx';
import { words } from './words.ts';

/** `#/webhooks`, `#/webhooks/ID`. */
export default function WebhooksPage({ parts }: PageProps) {
  const [id] = parts;
  return id === undefined ? <Endpoints /> : <Endpoint key={id} id={id} />;
}

function Endpoints() {
  const w = words();
  const asked = useAsked<{ readonly webhooks: readonly WebhookBody[] }>('/v1/webhooks');
  const adding = useSignal(false);
  const webhooks = asked.value?.webhooks ?? [];
  const add = (
    <Button
      kind="primary"
      icon="plus"
      onPress={() => {
        adding.value = true;
      }}
    >
      {w.add}
    </Button>
  );
  return (
    <>
      <div class="heading">
        <h1>{w.title}</h1>
        <div class="actions">{webhooks.length > 0 && add}</div>
      </div>
      <p class="lead">{w.lead}</p>
      {asked.error !== null && <Notice kind="failed">{asked.error}</Notice>}
      {asked.value !== undefined && webhooks.length === 0 && (
        <Empty icon="bell" title={w.none} actions={add}>
          {w.noneHint}
        </Empty>
      )}
      {webhooks.length > 0 && (
        <Table
          caption={w.title}
          hideCaption
          rows={webhooks}
          keyOf={({ id }) => id}
          columns={[
            {
              head: w.address,
              names: true,
              cell: ({ id, name, url }) => (
                <>
                  <a href={hrefOf(['webhooks', id])}>{name || url}</a>
                  {name && <div class="hint">{url}</div>}
                </>
              ),
            },
            { head: w.status, cell: (webhook) => <Standing webhook={webhook} /> },
            {
              head: w.events,
              wide: true,
              cell: ({ events }) => events.map((event) => event.replace('job.', '')).join(', '),
            },
            { head: w.created, wide: true, cell: ({ created_at }) => moment(created_at) },
          ]}
        />
      )}
      {adding.value && (
        <NewEndpoint
          onClose={() => {
            adding.value = false;
            void asked.reload();
          }}
        />
      )}
    </>
  );
}
