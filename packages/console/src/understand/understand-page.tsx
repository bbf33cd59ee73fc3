import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { RecentJobs } from '../document/recent-jobs.tsx';
import type { PageProps } from '../frame/routes.ts';
import { SendArea } from '../send/send-area.tsx';
import { AskEditor } from './ask-editor.tsx';
import { type AskDraft, askOf, openDraft, WISHES } from './draft.ts';
import { UnderstandDocument } from './understand-document.tsx';
import { words } from './words.ts';
import '../document/document.css';
import './understand.css';

/** Where documents are understood: without a job what is asked and of what, with one the answer. */
export default function UnderstandPage({ parts, query }: PageProps) {
  const [id] = parts;
  const wish = WISHES.find((one) => one === query.get('ask')) ?? 'doc';
  return id === undefined ? <Start /> : <UnderstandDocument key={id} id={id} wish={wish} />;
}

function Start() {
  const w = words();
  const draft = useSignal<AskDraft>(openDraft());
  const tried = useSignal(false);
  useEffect(() => {
    tried.value = false;
  }, [draft.value]);
  const ask = () => {
    const asked = askOf(draft.value);
    tried.value = 'fault' in asked;
    return 'ask' in asked ? asked.ask : null;
  };
  return (
    <>
      <div>
        <h1>{w.title}</h1>
        <p class="lead">{w.lead}</p>
      </div>
      <section class="sheet">
        <AskEditor
          draft={draft.value}
          tried={tried.value}
          onChange={(next) => {
            draft.value = next;
          }}
        />
      </section>
      <section class="start-files">
        <h2>{w.thenFiles}</h2>
        <SendArea room="understand" ask={ask} />
      </section>
      <RecentJobs room="understand" title={w.readBefore} noneYet={w.noneYet} />
    </>
  );
}
