import type { Quad } from '@docusnap/contracts';
import { boxOf } from './geometry.ts';

/** Milliseconds between two looks whether a page is there yet, and how many. */
const LOOK_MS = 100;
const LOOKS = 60;
/** How far from the top of the window the place comes, as a share of its height. */
const EYE_LEVEL = 0.4;

/** What the header and the tools of a document cover of the window, in pixels. */
const COVERED = 120;

/** How often a place was asked for: whoever waits for a page, and is not the last, would lead back to where one no longer wants to be. */
let asked = 0;

/**
 * Scrolls to a place on a page; a page that was far away is brought near first, and waited for.
 *
 * @param options.unlessSeen stay where one is if the place is seen already
 */
export async function showPlace(page: number, quad: Quad, { unlessSeen = false } = {}): Promise<void> {
  const sheet = document.querySelector(`#page-${page}`);
  if (!sheet) return;
  asked += 1;
  const turn = asked;
  if (!sheet.querySelector('svg.picture')) sheet.scrollIntoView({ block: 'start' });
  for (let look = 0; look < LOOKS && turn === asked; look += 1) {
    const ground = sheet.querySelector<SVGGElement>('svg.picture > g');
    const matrix = ground?.getScreenCTM();
    if (ground && matrix)
      return unlessSeen && isSeen(ground, matrix, quad) ? undefined : scrollTo(ground, matrix, quad);
    await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
  }
}

function middleOf(quad: Quad): DOMPoint {
  const { left, top, right, bottom } = boxOf([quad]);
  return new DOMPoint((left + right) / 2, (top + bottom) / 2);
}

function isSeen(ground: SVGGElement, matrix: DOMMatrix, quad: Quad): boolean {
  const { x, y } = middleOf(quad).matrixTransform(matrix);
  const box = ground.closest('.picture-place')?.getBoundingClientRect();
  const inFrame = !box || (x > box.left && x < box.right && y > box.top && y < box.bottom);
  return inFrame && y > COVERED && y < window.innerHeight;
}

function scrollTo(ground: SVGGElement, matrix: DOMMatrix, quad: Quad): void {
  const middle = middleOf(quad).matrixTransform(matrix);
  const frame = ground.closest('.picture-place');
  if (frame) {
    const box = frame.getBoundingClientRect();
    frame.scrollBy({ left: middle.x - (box.left + box.width / 2), top: middle.y - (box.top + box.height / 2) });
  }
  const now = middleOf(quad).matrixTransform(ground.getScreenCTM() ?? matrix);
  const behavior = matchMedia('(prefers-reduced-motion: reduce)').matches ? 'instant' : 'smooth';
  window.scrollBy({ top: now.y - window.innerHeight * EYE_LEVEL, behavior });
}
