import type { PageText, Quad } from '@docusnap/contracts';
import type { ComponentChildren } from 'preact';
import { useMemo, useRef } from 'preact/hooks';
import { pathOf, placeAt, quadOf } from './geometry.ts';
import { marksOf } from './layers.ts';
import { pictureAddress, usePicture } from './picture-source.ts';
import { extentOf, fromShown, transformOf } from './turn.ts';
import type { Pointed, View } from './view.ts';
import { words } from './words.ts';

export interface PictureProps {
  readonly jobId: string;
  readonly number: number;
  readonly text: PageText;
  readonly view: View;
  /** Degrees clockwise. */
  readonly turn: number;
  /** Regions that a search has found, the present one last. */
  readonly found?: readonly Quad[];
  readonly foundNow?: readonly Quad[];
  /** More to draw over the page, in its pixels. */
  readonly children?: ComponentChildren;
}

/** A page with what is drawn over it. It is one SVG in pixels of the page, so that everything turns and grows together. */
export function Picture({ jobId, number, text, view, turn, found = [], foundNow = [], children }: PictureProps) {
  const w = words();
  const svg = useRef<SVGSVGElement>(null);
  const shown = { width: text.width, height: text.height, turn };
  const extent = extentOf(shown);
  const layers = view.layers.value;
  const marks = useMemo(() => marksOf(text, layers), [text, layers]);

  const pointAt = (event: PointerEvent) => {
    const box = svg.current?.getBoundingClientRect();
    if (!box || box.width === 0) return;
    const point = fromShown(
      [
        ((event.clientX - box.left) / box.width) * extent.width,
        ((event.clientY - box.top) / box.height) * extent.height,
      ],
      shown,
    );
    const place = placeAt(text, point);
    const before = view.pointed.peek();
    if (place === null) {
      if (before?.page === number) view.pointed.value = null;
    } else if (before?.page !== number || before.place.line !== place.line || before.place.word !== place.word) {
      view.pointed.value = { page: number, place, from: 'picture' };
    }
  };

  return (
    <svg
      ref={svg}
      class="picture"
      viewBox={`0 0 ${extent.width} ${extent.height}`}
      role="img"
      aria-label={w.pictureOf(number)}
      onPointerMove={pointAt}
      onPointerDown={pointAt}
      onPointerLeave={() => {
        if (view.pointed.peek()?.from === 'picture') view.pointed.value = null;
      }}
    >
      <g transform={transformOf(shown)}>
        <rect class="paper" width={text.width} height={text.height} />
        <PageImage jobId={jobId} number={number} width={text.width} height={text.height} />
        {marks.map(({ kind, quads }) => (
          <path key={kind} class={`mark ${kind}`} d={pathOf(quads)} />
        ))}
        {found.length > 0 && <path class="mark found" d={pathOf(found)} />}
        {foundNow.length > 0 && <path class="mark found now" d={pathOf(foundNow)} />}
        {children}
        <PointedMark number={number} text={text} pointed={view.pointed} />
      </g>
    </svg>
  );
}

/** Of its own, so that pointing draws nothing else anew. */
function PointedMark({
  number,
  text,
  pointed,
}: {
  readonly number: number;
  readonly text: PageText;
  readonly pointed: View['pointed'];
}) {
  const now: Pointed | null = pointed.value;
  if (now?.page !== number) return null;
  const line = quadOf(text, { line: now.place.line, word: null });
  const word = now.place.word === null ? null : quadOf(text, now.place);
  return (
    <>
      {line && <path class="mark pointed-line" d={pathOf([line])} />}
      {word && <path class="mark pointed-word" d={pathOf([word])} />}
    </>
  );
}

/** The picture itself; why there is none is told in its place. */
function PageImage({
  jobId,
  number,
  width,
  height,
}: {
  readonly jobId: string;
  readonly number: number;
  readonly width: number;
  readonly height: number;
}) {
  const href = pictureAddress(jobId, number);
  const { attempt, said, onLoad, onError } = usePicture(href);
  return (
    <>
      <image
        key={attempt}
        href={href}
        width={width}
        height={height}
        preserveAspectRatio="none"
        onLoad={onLoad}
        onError={onError}
      />
      {said && (
        <text class="said" x={width / 2} y={height / 2} font-size={width / 30}>
          {said}
        </text>
      )}
    </>
  );
}
