import type {
  FillResult,
  FormResult,
  JobBody,
  JobListBody,
  LibraryEntry,
  Understanding,
  UnderstoodBody,
} from '@docusnap/contracts';
import { type Signal, useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { CallError, call, newRequestName } from '../api/call.ts';
import { waitForJob } from '../api/watch-job.ts';
import { Button, LinkButton } from '../blocks/button.tsx';
import { Check, TextField } from '../blocks/field.tsx';
import { Notice } from '../blocks/notice.tsx';
import { announce } from '../frame/toasts.tsx';
import { nameOf } from './shown-fields.ts';
import { words } from './words.ts';

const LISTED = 50;
/** Status of an answer that tells why filling failed. */
const ANSWERED = 200;

export interface FillPanelProps {
  readonly job: JobBody;
  readonly understanding: Understanding;
  /** By label: what is to be written. */
  readonly values: Signal<Readonly<Record<string, string>>>;
  /** Label of the blank that is being filled. */
  readonly chosen: Signal<string | null>;
}

/** Fills a form: by hand, or from documents that were understood. The server writes the PDF. */
export function FillPanel({ job, understanding, values, chosen }: FillPanelProps) {
  const w = words();
  const form = understanding.result as FormResult;
  const sources = useSignal<Readonly<Record<string, string>>>({});
  const made = useSignal<{ readonly address: string; readonly leftOut: readonly string[] } | null>(null);
  const labels = [...new Set([...form.fields, ...understanding.blanks.map(({ label }) => label)])];
  if (labels.length === 0) return <p class="hint">{w.noBlanks}</p>;

  const take = async (library: readonly LibraryEntry[]) => {
    const found = await fill(form, library);
    const titles = new Map(library.map((entry) => [entry.id, entry.title]));
    const taken = Object.entries(found).map(([label, { value }]) => [label, value] as const);
    values.value = { ...values.value, ...Object.fromEntries(taken) };
    sources.value = {
      ...sources.value,
      ...Object.fromEntries(
        Object.entries(found).map(([label, { source }]) => [label, titles.get(source.resource_id) ?? '']),
      ),
    };
    made.value = null;
    announce(w.looked(taken.length));
    return taken.length;
  };

  const make = async () => {
    const kv = Object.fromEntries(Object.entries(values.value).filter(([, value]) => value.trim() !== ''));
    const typed: LibraryEntry = {
      type: 'doc',
      id: 'typed',
      title: w.typed,
      tags: [],
      description: '',
      date: new Date().toISOString(),
      kv,
    };
    const { id, result } = await fillJob(form, [typed]);
    made.value = {
      address: `/v1/jobs/${job.id}/result?format=pdf&filled=${id}`,
      leftOut: Object.keys(kv).filter((label) => !Object.hasOwn(result, label)),
    };
    announce(w.made);
  };

  return (
    <section class="fill" aria-label={w.fillTitle}>
      <h2>{w.fillTitle}</h2>
      <p class="hint">{w.fillLead}</p>
      <Sources except={job.id} onTake={take} />
      <div class="blanks">
        {labels.map((label) => (
          <div
            key={label}
            onFocusIn={() => {
              chosen.value = label;
            }}
          >
            <TextField
              label={label}
              value={values.value[label] ?? ''}
              {...(sources.value[label] && { hint: w.from(sources.value[label]) })}
              onChange={(value) => {
                values.value = { ...values.value, [label]: value };
                sources.value = { ...sources.value, [label]: '' };
                made.value = null;
              }}
            />
          </div>
        ))}
      </div>
      <div class="actions">
        <Button kind="primary" icon="pen" onPress={make}>
          {w.makePdf}
        </Button>
      </div>
      {made.value && (
        <Notice
          title={w.made}
          actions={
            <>
              <a class="button primary" href={made.value.address} target="_blank" rel="noopener">
                {w.openPdf}
              </a>
              <LinkButton
                icon="download"
                href={made.value.address}
                download={job.name.replace(/(\.[^.]*)?$/, '-filled.pdf')}
              >
                {w.savePdf}
              </LinkButton>
            </>
          }
        >
          {made.value.leftOut.length > 0 && w.leftOut(made.value.leftOut.join(', '))}
        </Notice>
      )}
    </section>
  );
}

/** Documents that values may be taken from. */
function Sources({
  except,
  onTake,
}: {
  readonly except: string;
  readonly onTake: (library: readonly LibraryEntry[]) => Promise<number>;
}) {
  const w = words();
  const jobs = useSignal<readonly JobBody[] | null>(null);
  const picked = useSignal<ReadonlySet<string>>(new Set());
  const found = useSignal<number | null>(null);
  useEffect(() => {
    call<JobListBody>(`/v1/jobs?limit=${LISTED}`).then(
      (list) => {
        jobs.value = list.jobs.filter(
          (job) =>
            job.id !== except &&
            job.extraction?.status === 'done' &&
            ['doc', 'form', 'extract'].includes(job.task ?? ''),
        );
      },
      () => {
        jobs.value = [];
      },
    );
  }, [except]);
  const take = async () => {
    const library = await Promise.all(jobs.value?.filter((job) => picked.value.has(job.id)).map(entryOf) ?? []);
    found.value = await onTake(library);
  };
  return (
    <details class="more">
      <summary>{w.takeFrom}</summary>
      <fieldset class="body">
        <legend class="hint">{jobs.value?.length === 0 ? w.takeNone : w.takeFromHint}</legend>
        <div class="sources">
          {jobs.value?.map((job) => (
            <Check
              key={job.id}
              label={job.name}
              checked={picked.value.has(job.id)}
              onChange={(is) => {
                const next = new Set(picked.value);
                if (is) next.add(job.id);
                else next.delete(job.id);
                picked.value = next;
              }}
            />
          ))}
        </div>
        {jobs.value !== null && jobs.value.length > 0 && (
          <div class="actions">
            <Button disabled={picked.value.size === 0} onPress={take}>
              {w.lookUp}
            </Button>
            {found.value !== null && <span class="hint">{w.looked(found.value)}</span>}
          </div>
        )}
      </fieldset>
    </details>
  );
}

/** What a job knows, as the server takes it for a source of values. */
async function entryOf(job: JobBody): Promise<LibraryEntry> {
  const { extraction } = await call<UnderstoodBody>(`/v1/jobs/${job.id}/extractions`);
  const result = extraction?.result;
  const about = result && 'kv' in result && typeof result.title === 'string' ? (result as FormResult) : null;
  const fields = Object.entries(extraction?.fields ?? {}).filter(([, field]) => field.value !== null);
  return {
    type: job.task === 'form' ? 'form' : 'doc',
    id: job.id,
    title: about?.title ?? job.name,
    tags: about?.tags ?? [],
    description: about?.description ?? '',
    date: job.created_at,
    kv: about?.kv ?? Object.fromEntries(fields.map(([path, field]) => [nameOf(path), String(field.value)])),
  };
}

async function fill(form: FormResult, library: readonly LibraryEntry[]): Promise<FillResult> {
  return (await fillJob(form, library)).result;
}

/** A job without files: values for the blanks of a form. */
async function fillJob(
  form: FormResult,
  library: readonly LibraryEntry[],
): Promise<{ readonly id: string; readonly result: FillResult }> {
  const { id } = await call<JobBody>('/v1/jobs', {
    method: 'POST',
    json: { task: 'fill', form, library },
    headers: { 'idempotency-key': newRequestName() },
  });
  await waitForJob(id);
  const { extraction, error } = await call<UnderstoodBody>(`/v1/jobs/${id}/extractions`);
  if (error) throw new CallError({ ...error, detail: error.message, status: ANSWERED });
  return { id, result: (extraction?.result ?? {}) as FillResult };
}
