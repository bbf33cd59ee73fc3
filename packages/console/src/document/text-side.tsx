import type { PageText } from '@docusnap/contracts';
import { useSignalEffect } from '@preact/signals';
import { useEffect, useLayoutEffect, useMemo, useRef } from 'preact/hooks';
import { announce } from '../frame/toasts.tsx';
import { percent } from '../words/figures.ts';
import { linesOf, type Place } from './geometry.ts';
import { elementOf, paragraphsOf, placeOf, splitLine } from './text-lines.ts';
import type { View } from './view.ts';
import { words } from './words.ts';

export interface TextSideProps {
  readonly number: number;
  readonly text: PageText;
  readonly view: View;
  readonly found: readonly Place[];
  readonly foundNow: readonly Place[];
}

/**
 * The text of a page, so that each word can be pointed at. What is pointed at or found is marked from outside: a page may have a thousand words, and
 * none of them is drawn anew for that.
 */
export function TextSide({ number, text, view, found, foundNow }: TextSideProps) {
  const w = words();
  const region = useRef<HTMLElement>(null);
  const lines = useMemo(() => linesOf(text), [text]);

  useSignalEffect(() => {
    const now = view.pointed.value;
    const root = region.current as HTMLElement | null;
    if (!root) return;
    for (const marked of root.querySelectorAll('.pointed')) marked.classList.remove('pointed');
    if (now?.page !== number) return;
    const line = elementOf(root, lines, { line: now.place.line, word: null });
    line?.classList.add('pointed');
    if (now.place.word !== null) elementOf(root, lines, now.place)?.classList.add('pointed');
    if (line && now.from !== 'text') bringIntoView(root, line);
  });

  useEffect(() => {
    const root = region.current as HTMLElement | null;
    if (!root) return;
    for (const marked of root.querySelectorAll('.found')) marked.classList.remove('found', 'now');
    for (const place of found) elementOf(root, lines, place)?.classList.add('found');
    for (const place of foundNow) elementOf(root, lines, place)?.classList.add('now');
    const first = foundNow[0] && elementOf(root, lines, foundNow[0]);
    if (first) bringIntoView(root, first);
  }, [text, found, foundNow]);

  const point = (event: PointerEvent) => {
    let at = event.target as Element | null;
    const line = at?.closest<HTMLElement>('.line');
    if (line && line.dataset.split === undefined) {
      splitLine(line, lines);
      // Of its words one is under the pointer now.
      at = document.elementFromPoint(event.clientX, event.clientY);
    }
    const place = placeOf(at);
    if (place) view.pointed.value = { page: number, place, from: 'text' };
  };

  return (
    <section
      ref={region}
      class="text"
      aria-label={w.textOf(number)}
      // biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, and the arrow keys go through its lines
      tabIndex={0}
      onPointerOver={point}
      onPointerLeave={() => {
        if (view.pointed.peek()?.from === 'text') view.pointed.value = null;
      }}
      onKeyDown={(event) => {
        const next = stepped(
          text,
          view.pointed.peek()?.page === number ? view.pointed.peek()?.place : undefined,
          event.key,
        );
        if (next === undefined || event.ctrlKey || event.metaKey || event.altKey || event.shiftKey) return;
        event.preventDefault();
        view.pointed.value = next && { page: number, place: next, from: 'elsewhere' };
        if (next) say(text, next);
      }}
    >
      {text.blocks.length === 0 ? <p class="hint">{w.blank}</p> : <Lines text={text} />}
    </section>
  );
}

function Lines({ text }: { readonly text: PageText }) {
  const place = useRef<HTMLDivElement>(null);
  useLayoutEffect(() => place.current?.replaceChildren(...paragraphsOf(text)), [text]);
  return <div ref={place} />;
}

/** How far below the upper edge of what is seen of the region a line comes, as a share of it. */
const EYE_LEVEL = 0.3;

/** Scrolls the region alone, so far that the element is seen in the window; the page itself stays where it is. */
function bringIntoView(region: HTMLElement, element: HTMLElement): void {
  const [outer, inner] = [region.getBoundingClientRect(), element.getBoundingClientRect()];
  const [top, bottom] = [Math.max(outer.top, 0), Math.min(outer.bottom, innerHeight)];
  if (bottom <= top || (inner.top >= top && inner.bottom <= bottom)) return;
  region.scrollTop += inner.top - (top + (bottom - top) * EYE_LEVEL);
}

/** Where a key leads from a place: undefined where it leads nowhere, null to nothing being pointed at. */
function stepped(page: PageText, from: Place | undefined, key: string): Place | null | undefined {
  const lines = linesOf(page);
  if (key === 'Escape') return from && null;
  const steps: Readonly<Record<string, readonly [number, number]>> = {
    ArrowDown: [1, 0],
    ArrowUp: [-1, 0],
    ArrowRight: [0, 1],
    ArrowLeft: [0, -1],
  };
  const step = steps[key];
  if (!step || lines.length === 0) return undefined;
  if (!from) return { line: step[0] < 0 ? lines.length - 1 : 0, word: null };
  const [down, right] = step;
  if (down !== 0) {
    const line = from.line + down;
    return lines[line] ? { line, word: null } : undefined;
  }
  const word = (from.word ?? (right > 0 ? -1 : (lines[from.line]?.words.length ?? 0))) + right;
  return lines[from.line]?.words[word] ? { line: from.line, word } : undefined;
}

function say(page: PageText, { line, word }: Place): void {
  const found = linesOf(page)[line];
  const said = word === null ? found : found?.words[word];
  if (said) announce(words().lineSaid(said.text, percent(said.confidence)));
}
