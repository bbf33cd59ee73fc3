import type { ComponentChildren } from 'preact';
import type { OpenDocument } from './open-document.ts';
import { PageSheet } from './page-sheet.tsx';
import type { Hit } from './search.ts';
import type { View } from './view.ts';

/** All pages of a document, one below the other; those far from the window are empty paper. */
export function Pages({
  document,
  view,
  hit = null,
  over,
  withText = true,
}: {
  readonly document: OpenDocument;
  readonly view: View;
  readonly hit?: Hit | null;
  readonly over?: (number: number) => ComponentChildren;
  readonly withText?: boolean;
}) {
  const layers = view.layers.value;
  return (
    <div class={layers.has('sureness') ? 'pages shaded' : 'pages'}>
      {document.numbers.value.map((number) => (
        <PageSheet
          key={number}
          document={document}
          number={number}
          view={view}
          hitHere={hit?.page === number ? hit.index : null}
          over={over}
          withText={withText}
        />
      ))}
    </div>
  );
}

/** Brings a page to the top of the window; a place on it, as a share of its height, to the middle. */
export function showPage(number: number): void {
  document.querySelector(`#page-${number}`)?.scrollIntoView({ block: 'start' });
}
