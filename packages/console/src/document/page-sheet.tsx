import type { PageEntryBody, PageText } from '@docusnap/contracts';
import { hasEnded } from '@docusnap/contracts/job';
import { useSignal } from '@preact/signals';
import type { ComponentChildren } from 'preact';
import { useEffect, useMemo, useRef } from 'preact/hooks';
import { ask } from '../api/call.ts';
import { explain, explainFailure } from '../api/explain.ts';
import { mayDo } from '../api/session.ts';
import { Button } from '../blocks/button.tsx';
import { Notice } from '../blocks/notice.tsx';
import { copyText } from '../frame/copy.ts';
import { figure, percent, seconds } from '../words/figures.ts';
import { Extras } from './extras.tsx';
import { linesOf, type Place, quadOf } from './geometry.ts';
import { meanConfidence } from './layers.ts';
import { useNear } from './near.ts';
import type { OpenDocument, PageState } from './open-document.ts';
import { Picture } from './picture.tsx';
import { RetryButton } from './retry-button.tsx';
import { findOn } from './search.ts';
import { showPlace } from './show-place.ts';
import { SmallPicture } from './small-picture.tsx';
import { TextSide } from './text-side.tsx';
import { isSkewed, isTurned, turnOf } from './turn.ts';
import type { View } from './view.ts';
import { words } from './words.ts';

export interface SheetProps {
  readonly document: OpenDocument;
  readonly number: number;
  readonly view: View;
  /** Which hit of this page is the present one; null where it is on another. */
  readonly hitHere: number | null;
  /** More to draw over the page. */
  readonly over?: ((number: number) => ComponentChildren) | undefined;
  /** What stands beside the picture in place of the text. */
  readonly withText?: boolean;
}

/** One page: its picture and its text. It is there in full only while it is near the window; else it keeps its place. */
export function PageSheet(props: SheetProps) {
  const { document, number } = props;
  const w = words();
  const place = useRef<HTMLElement>(null);
  const near = useSignal(false);
  const state = document.page(number);
  useNear(
    place,
    () => {
      near.value = true;
      document.look(number);
    },
    () => {
      near.value = false;
      document.lookAway(number);
    },
  );
  return (
    <section ref={place} class="page-sheet" id={`page-${number}`} aria-label={w.page(number)} data-near={near.value}>
      {near.value ? <Full {...props} state={state} /> : <Empty state={state} />}
    </section>
  );
}

function Empty({ state }: { readonly state: PageState }) {
  return <Paper state={state} />;
}

/** Paper of the page's shape, or of the usual one. */
function Paper({ state, children }: { readonly state: PageState; readonly children?: ComponentChildren }) {
  const shape = state.shape.value;
  return (
    <div class="paper-place" style={shape ? { aspectRatio: `${shape.width} / ${shape.height}` } : {}}>
      {children}
    </div>
  );
}

function Full(props: SheetProps & { readonly state: PageState }) {
  const { document, state, number } = props;
  const w = words();
  const job = document.job.value;
  const entry = state.entry.value;
  const text = state.text.value;
  if (entry?.status === 'failed') {
    return (
      <>
        <h2>{w.page(number)}</h2>
        <Notice
          kind="failed"
          title={w.failedPage(number)}
          actions={hasEnded(job?.status ?? 'queued') && mayDo('write') && <RetryButton document={document} />}
        >
          {entry.error && explainFailure(entry.error)}
        </Notice>
      </>
    );
  }
  if (text) return <Read {...props} entry={entry} text={text} />;
  return (
    <>
      <h2>{w.page(number)}</h2>
      {state.failure.value !== null && state.failure.value !== undefined ? (
        <Notice kind="failed">{explain(state.failure.value)}</Notice>
      ) : (
        <Paper state={state}>
          <p class="hint">{entry?.status === 'done' ? w.textComing : w.waiting}</p>
        </Paper>
      )}
    </>
  );
}

function Read({
  document,
  number,
  view,
  hitHere,
  over,
  withText = true,
  entry,
  text,
}: SheetProps & { readonly entry: PageEntryBody | null; readonly text: PageText }) {
  const w = words();
  const straight = useSignal(true);
  const quarters = useSignal(0);
  const hits = useMemo(() => findOn(text, view.wanted.value), [text, view.wanted.value]);
  const now = hitHere === null ? NONE : (hits[Math.min(hitHere, hits.length - 1)] ?? NONE);
  const all = useMemo(() => hits.flat(), [hits]);
  const turn = turnOf(text.angle, { straight: straight.value, quarters: quarters.value });
  const quads = (places: readonly Place[]) =>
    places.map((place) => quadOf(text, place)).filter((quad) => quad !== null);
  useEffect(() => {
    const [first] = quads(now);
    if (!first || !view.leads.peek()) return;
    view.leads.value = false;
    void showPlace(number, first, { unlessSeen: true });
  }, [now, view.leads.value]);
  return (
    <>
      <header>
        <h2>{w.page(number)}</h2>
        <Facts entry={entry} text={text} />
        <div class="actions">
          {isSkewed(text.angle) && (
            <Button
              kind="quiet"
              small
              pressed={straight.value}
              onPress={() => {
                straight.value = !straight.value;
              }}
            >
              {w.straightened(degrees(text.angle as number))}
            </Button>
          )}
          <Button
            kind="quiet"
            small
            icon="turn"
            label={w.turn}
            onPress={() => {
              quarters.value = (quarters.value + 1) % 4;
            }}
          />
          {withText && (
            <Button kind="quiet" small icon="copy" label={w.copyPage} onPress={() => copyPage(document.id, number)} />
          )}
        </div>
      </header>
      {isTurned(text.angle) && !isSkewed(text.angle) && (
        <TurnedNote
          jobId={document.id}
          number={number}
          angle={text.angle as number}
          straight={straight.value}
          onSwitch={() => {
            straight.value = !straight.value;
          }}
        />
      )}
      <div class={withText ? 'sides' : 'sides alone'}>
        <section
          class={view.zoom.value > 1 ? 'picture-place larger' : 'picture-place'}
          aria-label={w.pictureOf(number)}
          // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls has to be reached by keyboard
          tabIndex={0}
        >
          <div class="zoomed" style={{ width: `${view.zoom.value * 100}%` }}>
            <Picture
              jobId={document.id}
              number={number}
              text={text}
              view={view}
              turn={turn}
              found={quads(all)}
              foundNow={quads(now)}
            >
              {over?.(number)}
            </Picture>
          </div>
        </section>
        {withText && (
          <div class="text-place">
            <TextSide number={number} text={text} view={view} found={all} foundNow={now} />
            <Extras jobId={document.id} number={number} text={text} />
          </div>
        )}
      </div>
    </>
  );
}

const NONE: readonly Place[] = [];

/** As the API gives it as text: paragraphs joined, cells apart by tabs. */
async function copyPage(jobId: string, number: number): Promise<void> {
  await copyText(await (await ask(`/v1/jobs/${jobId}/pages/${number}?format=text`)).text());
}

function Facts({ entry, text }: { readonly entry: PageEntryBody | null; readonly text: PageText }) {
  const w = words();
  const sure = useMemo(() => meanConfidence(text), [text]);
  const lines = useMemo(() => linesOf(text).length, [text]);
  const facts = [
    sure !== null && text.source !== 'text-layer' && w.sure(percent(sure)),
    lines > 0 && w.sources[text.source],
    entry?.cached ? w.cached : entry?.milliseconds != null && seconds(entry.milliseconds / 1_000),
  ].filter(Boolean);
  return <p class="hint">{facts.join(' · ')}</p>;
}

/** An angle as people say it: to the left of upright it is less than nothing. */
function degrees(angle: number): string {
  const signed = angle > 180 ? angle - 360 : angle;
  return figure(signed, { style: 'unit', unit: 'degree', unitDisplay: 'narrow', maximumFractionDigits: 1 });
}

/** Says that the page came turned, with a small picture of how it came. */
function TurnedNote({
  jobId,
  number,
  angle,
  straight,
  onSwitch,
}: {
  readonly jobId: string;
  readonly number: number;
  readonly angle: number;
  readonly straight: boolean;
  readonly onSwitch: () => void;
}) {
  const w = words();
  return (
    <div class="turned">
      <figure>
        <SmallPicture jobId={jobId} number={number} />
        <figcaption>{w.asCame}</figcaption>
      </figure>
      <p>{straight ? w.turned(degrees(angle)) : w.turnedAsCame(degrees(angle))}</p>
      <Button small onPress={onSwitch}>
        {straight ? w.showAsCame : w.showUpright}
      </Button>
    </div>
  );
}
