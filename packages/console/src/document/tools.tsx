import type { JobBody } from '@docusnap/contracts';
import { hasEnded } from '@docusnap/contracts/job';
import { useComputed, useSignalEffect } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import { ask } from '../api/call.ts';
import { explain } from '../api/explain.ts';
import { Button } from '../blocks/button.tsx';
import { Drop } from '../blocks/drop.tsx';
import { Check } from '../blocks/field.tsx';
import { Icon } from '../blocks/icon.tsx';
import { copyText } from '../frame/copy.ts';
import { announce } from '../frame/toasts.tsx';
import { words as frameWords } from '../frame/words.ts';
import { percent } from '../words/figures.ts';
import type { OpenDocument } from './open-document.ts';
import { showPage } from './pages.tsx';
import { type Hit, hitsIn } from './search.ts';
import { LAYERS, switchLayer, type View, zoomBy } from './view.ts';
import { words } from './words.ts';

/** Search, sizes, layers and downloads of a document. */
export function Tools({
  document,
  job,
  view,
  hits,
}: {
  readonly document: OpenDocument;
  readonly job: JobBody;
  readonly view: View;
  readonly hits: readonly Hit[];
}) {
  return (
    <div class="tools-bar" role="toolbar">
      <Search document={document} job={job} view={view} hits={hits} />
      <div class="actions">
        <Zoom view={view} />
        <Layers view={view} />
        <Downloads job={job} />
      </div>
    </div>
  );
}

/** A page that is there shows its hit by itself. */
function bringNear(page: number): void {
  if (!globalThis.document.querySelector(`#page-${page} svg.picture`)) showPage(page);
}

const NO_TEXTS: ReadonlyMap<number, string> = new Map();

/** The hits of what is looked for, in the whole document. */
export function useHits(document: OpenDocument, view: View) {
  return useComputed<readonly Hit[]>(() => hitsIn(document.search.texts.value ?? NO_TEXTS, view.wanted.value)).value;
}

/** Milliseconds after the last letter before a long document is searched. */
const TYPED_MS = 200;

function Search({
  document,
  job,
  view,
  hits,
}: {
  readonly document: OpenDocument;
  readonly job: JobBody;
  readonly view: View;
  readonly hits: readonly Hit[];
}) {
  const w = words();
  const timer = useRef<ReturnType<typeof setTimeout> | undefined>(undefined);
  /** What was looked for when a hit was last shown of its own accord. */
  const shown = useRef<string | null>(null);
  const ended = hasEnded(job.status);
  const wanted = view.wanted.value;
  useEffect(() => {
    if (wanted !== '') void document.search.load();
  }, [wanted, job.finished_at, job.pages_done]);
  const isLoaded = document.search.texts.value !== null;
  const failure = document.search.failure.value;
  const said = (at: number): string => {
    if (failure !== null) return explain(failure) ?? '';
    if (!isLoaded) return frameWords().loading;
    return (ended ? w.hits : w.hitsSoFar)(at, hits.length);
  };
  useEffect(() => {
    view.hit.value = 0;
    shown.current = null;
  }, [wanted]);
  useEffect(() => {
    if (wanted !== '') announce(said(view.hit.value + 1));
    const first = hits[0];
    // While a document is read there come to be more hits: they lead nobody away from the one that is looked at.
    if (!first || shown.current === wanted) return;
    shown.current = wanted;
    view.leads.value = true;
    bringNear(first.page);
  }, [wanted, hits.length, isLoaded, ended, failure]);
  const step = (by: number) => {
    if (hits.length === 0) return;
    view.hit.value = (view.hit.value + by + hits.length) % hits.length;
    const hit = hits[view.hit.value];
    view.leads.value = true;
    if (hit) bringNear(hit.page);
    announce(said(view.hit.value + 1));
  };
  return (
    <search class="find">
      <Icon name="search" />
      <input
        type="search"
        aria-label={w.search}
        placeholder={w.search}
        onInput={(event) => {
          const { value } = event.currentTarget;
          clearTimeout(timer.current);
          timer.current = setTimeout(() => {
            view.wanted.value = value;
          }, TYPED_MS);
        }}
        onKeyDown={(event) => {
          if (event.key === 'Enter') step(event.shiftKey ? -1 : 1);
        }}
      />
      {wanted !== '' && (
        <>
          <span class="hint">{said(view.hit.value + 1)}</span>
          <Button kind="quiet" small icon="up" label={w.previousHit} onPress={() => step(-1)} />
          <Button kind="quiet" small icon="down" label={w.nextHit} onPress={() => step(1)} />
        </>
      )}
    </search>
  );
}

function Zoom({ view }: { readonly view: View }) {
  const w = words();
  return (
    <fieldset class="together">
      <legend class="unseen">{percent(view.zoom.value)}</legend>
      <Button small icon="minus" label={w.zoomOut} onPress={() => zoomBy(view, -1)} />
      <Button
        small
        label={w.zoomFit(percent(view.zoom.value))}
        onPress={() => {
          view.zoom.value = 1;
        }}
      >
        <span class="figure">{percent(view.zoom.value)}</span>
      </Button>
      <Button small icon="plus" label={w.zoomIn} onPress={() => zoomBy(view, 1)} />
    </fieldset>
  );
}

function Layers({ view }: { readonly view: View }) {
  const w = words();
  return (
    <Drop icon="layers" text={w.layers}>
      <fieldset>
        <legend class="unseen">{w.layers}</legend>
        {LAYERS.map((layer) => (
          <Check
            key={layer}
            label={w.layerNames[layer]}
            swatch={layer}
            checked={view.layers.value.has(layer)}
            onChange={(shown) => switchLayer(view, layer, shown)}
            {...(layer === 'sureness' && { hint: w.surenessHint })}
          />
        ))}
      </fieldset>
    </Drop>
  );
}

const FILE_ENDS = {
  pdf: 'pdf',
  text: 'txt',
  markdown: 'md',
  json: 'json',
  hocr: 'hocr.html',
  alto: 'alto.xml',
  tsv: 'tsv',
} as const;

function Downloads({ job }: { readonly job: JobBody }) {
  const w = words();
  if (!hasEnded(job.status) || job.pages_done === 0) return null;
  const name = job.name.replace(/\.[^.]*$/, '') || job.name;
  return (
    <Drop icon="download" text={w.download}>
      <ul class="formats">
        {(Object.keys(FILE_ENDS) as (keyof typeof FILE_ENDS)[]).map((format) => (
          <li key={format}>
            <a href={`/v1/jobs/${job.id}/result?format=${format}`} download={`${name}.${FILE_ENDS[format]}`}>
              <strong>{w.formats[format].name}</strong>
              <span class="hint">{w.formats[format].hint}</span>
            </a>
          </li>
        ))}
      </ul>
      <Button
        icon="copy"
        onPress={async () => copyText(await (await ask(`/v1/jobs/${job.id}/result?format=text`)).text())}
      >
        {w.copyAll}
      </Button>
    </Drop>
  );
}

/** Tells who listens that it is done, once. */
export function useEndSaid(document: OpenDocument): void {
  const before = useRef<string | null>(null);
  useSignalEffect(() => {
    const status = document.job.value?.status;
    if (status === undefined || status === before.current) return;
    if (before.current !== null) announce(words().statuses[status]);
    before.current = status;
  });
}
