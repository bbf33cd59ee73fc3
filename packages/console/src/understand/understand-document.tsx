import type { JobBody, Understanding, UnderstoodBody } from '@docusnap/contracts';
import { hasEnded } from '@docusnap/contracts/job';
import { useSignal } from '@preact/signals';
import { useEffect, useMemo } from 'preact/hooks';
import { call, newRequestName } from '../api/call.ts';
import { explain, explainFailure } from '../api/explain.ts';
import { mayDo } from '../api/session.ts';
import { Button, LinkButton } from '../blocks/button.tsx';
import { Notice, Progress } from '../blocks/notice.tsx';
import { type OpenDocument, openDocument } from '../document/open-document.ts';
import { Pages } from '../document/pages.tsx';
import { showPlace } from '../document/show-place.ts';
import { NotHere, Standing, StatusBadge, Unheard } from '../document/status.tsx';
import { useEndSaid } from '../document/tools.tsx';
import { openView } from '../document/view.ts';
import { hrefOf } from '../frame/place.ts';
import { words as frameWords } from '../frame/words.ts';
import { AskEditor } from './ask-editor.tsx';
import { askOf, openDraft, type Wish } from './draft.ts';
import { FillPanel } from './fill-panel.tsx';
import { FieldMarks, FilledMarks } from './over-page.tsx';
import { Result } from './result.tsx';
import { type ShownField, shownFields } from './shown-fields.ts';
import { words } from './words.ts';

/** A job beside what is understood of it. */
export function UnderstandDocument({ id, wish }: { readonly id: string; readonly wish: Wish }) {
  const w = words();
  const document = useMemo(() => openDocument(id), [id]);
  const view = useMemo(() => openView([]), [id]);
  useEffect(() => () => document.close(), [document]);
  useEndSaid(document);
  const chosen = useSignal<string | null>(null);
  const values = useSignal<Readonly<Record<string, string>>>({});
  const chosenBlank = useSignal<string | null>(null);
  const understood = useUnderstanding(document);
  const job = document.job.value;
  if (document.erased.value) return <NotHere back={hrefOf(['understand'])} />;
  if (job === null) return <Unheard document={document} back={hrefOf(['understand'])} />;
  const { understanding, failure } = understood;
  const fields = understanding ? shownFields(understanding) : [];
  const choose = (field: ShownField) => {
    chosen.value = field.path;
    const [first] = field.evidence;
    if (first) void showPlace(first.page, first.quad);
  };
  const blanks = understanding?.task === 'form' ? understanding.blanks : [];
  return (
    <>
      <div class="document-head">
        <div class="name">
          <h1>{job.name}</h1>
          <StatusBadge status={job.status} />
        </div>
        <div class="actions">
          <LinkButton icon="read" href={hrefOf(['read', id])}>
            {w.readView}
          </LinkButton>
          <LinkButton kind="quiet" icon="plus" href={hrefOf(['understand'])}>
            {w.another}
          </LinkButton>
        </div>
      </div>
      <Standing document={document} job={job} />
      <div class="understood">
        <div class="panel">
          {failure && <Notice kind="failed">{failure}</Notice>}
          {understanding?.task === 'form' && (
            <FillPanel job={job} understanding={understanding} values={values} chosen={chosenBlank} />
          )}
          {understanding && <Result understanding={understanding} chosen={chosen.value} onChoose={choose} />}
          <Asking document={document} job={job} asked={understanding !== null || failure !== null} wish={wish} />
        </div>
        {document.numbers.value.length > 0 && (
          <Pages
            document={document}
            view={view}
            withText={false}
            over={(page) => (
              <>
                <FieldMarks fields={fields} page={page} chosen={chosen.value} onChoose={choose} />
                {blanks.length > 0 && (
                  <FilledMarks
                    blanks={blanks}
                    values={values.value}
                    page={page}
                    chosen={chosenBlank.value}
                    width={document.page(page).text.value?.width ?? 0}
                  />
                )}
              </>
            )}
          />
        )}
      </div>
    </>
  );
}

/** What was understood, once it is; why not, where it failed. */
function useUnderstanding(document: OpenDocument): {
  readonly understanding: Understanding | null;
  readonly failure: string | null;
} {
  const understood = useSignal<UnderstoodBody | null>(null);
  const failure = useSignal<unknown>(null);
  const job = document.job.value;
  const ready = job !== null && hasEnded(job.status) && job.task !== null;
  useEffect(() => {
    understood.value = null;
    failure.value = null;
    if (!ready) return;
    const over = new AbortController();
    call<UnderstoodBody>(`/v1/jobs/${document.id}/extractions`, { signal: over.signal }).then(
      (body) => {
        understood.value = body;
      },
      (error) => {
        if (!over.signal.aborted) failure.value = error;
      },
    );
    return () => over.abort();
  }, [document, ready, job?.finished_at]);
  const failed = understood.value?.error
    ? explainFailure(understood.value.error)
    : failure.value === null
      ? null
      : explain(failure.value);
  return { understanding: understood.value?.extraction ?? null, failure: failed };
}

/** Asks of the pages that were read; the answer takes the place of the one before. */
function Asking({
  document,
  job,
  asked,
  wish,
}: {
  readonly document: OpenDocument;
  readonly job: JobBody;
  readonly asked: boolean;
  readonly wish: Wish;
}) {
  const w = words();
  const draft = useSignal(openDraft(wish));
  const tried = useSignal(false);
  if (!hasEnded(job.status)) {
    return (
      <div class="sheet" role="status">
        <p>
          {job.status === 'understanding' ? w.understanding : job.task === null ? frameWords().loading : w.readFirst}
        </p>
        <Progress label={w.understanding} done={0} total={null} />
      </div>
    );
  }
  if (job.pages_done === 0 || !mayDo('write')) return null;
  const send = async () => {
    const question = askOf(draft.value);
    tried.value = true;
    if ('fault' in question) return;
    const { onlyProven = false, ...rest } = question.ask;
    await call(`/v1/jobs/${job.id}/extractions`, {
      method: 'POST',
      json: { ...rest, ...(onlyProven && { options: { require_grounding: true } }) },
      headers: { 'idempotency-key': newRequestName() },
    });
    tried.value = false;
    await document.follow();
  };
  const editor = (
    <>
      <AskEditor
        draft={draft.value}
        tried={tried.value}
        onChange={(next) => {
          draft.value = next;
        }}
      />
      <div class="actions">
        <Button kind="primary" icon="understand" onPress={send}>
          {w.understand}
        </Button>
      </div>
    </>
  );
  return asked ? (
    <details class="more again">
      <summary>{w.again}</summary>
      <div class="body">{editor}</div>
    </details>
  ) : (
    <div class="sheet">{editor}</div>
  );
}
