import type { Line, PageText } from '@docusnap/contracts';
import type { Place } from './geometry.ts';
import { unsureness } from './layers.ts';
import { rowsOf } from './rows.ts';

/**
 * The text of a page as elements: one a line, and one a word only in lines that somebody points at or that a search has found, and for words that are
 * shaded. With an element a word, a dense page took 30 ms to draw, and its five hundred words were most of what the collector of garbage had to visit.
 * Elements made here are no framework's: nothing is kept of them but themselves.
 */
export function paragraphsOf(text: PageText): readonly HTMLElement[] {
  let index = 0;
  return text.blocks.map((block) => {
    const paragraph = document.createElement('p');
    for (const row of rowsOf(block.lines)) {
      const elements = row.map((line) => {
        const element = lineElement(line, index);
        index += 1;
        return element;
      });
      paragraph.append(elements.length === 1 ? (elements[0] as HTMLElement) : rowElement(elements));
    }
    return paragraph;
  });
}

function lineElement(line: Line, index: number): HTMLElement {
  const element = document.createElement('span');
  element.className = 'line';
  element.dataset.place = String(index);
  element.append(...partsOf(line, index, { isWanted: isUnsure }));
  return element;
}

/** Lines side by side, apart by tabs, so that they are when somebody copies them. */
function rowElement(lines: readonly HTMLElement[]): HTMLElement {
  const element = document.createElement('span');
  element.className = 'row';
  element.append(...lines.flatMap((line, at) => (at === 0 ? [line] : ['\t', line])));
  return element;
}

/** The element of a place; the line that it is in gets an element for each of its words. */
export function elementOf(root: Element, lines: readonly Line[], { line, word }: Place): HTMLElement | null {
  const element = root.querySelector<HTMLElement>(`[data-place="${line}"]`);
  if (element === null || word === null) return element;
  splitLine(element, lines);
  return element.querySelector<HTMLElement>(`[data-place="${line}-${word}"]`);
}

/** Gives a line an element for each word, unless it has them. */
export function splitLine(element: HTMLElement, lines: readonly Line[]): void {
  const index = Number(element.dataset.place);
  const line = lines[index];
  if (!line || element.dataset.split !== undefined || isChosen(element)) return;
  element.dataset.split = '';
  element.replaceChildren(...partsOf(line, index, { isWanted: () => true }));
}

/** Whether somebody has marked text of it, to copy it: what is marked goes with the elements that it is marked in. */
function isChosen(element: Element): boolean {
  const chosen = getSelection();
  return chosen !== null && !chosen.isCollapsed && chosen.containsNode(element, true);
}

export function placeOf(element: Element | null): Place | null {
  const name = element?.closest<HTMLElement>('[data-place]')?.dataset.place;
  const [line, word] = name?.split('-').map(Number) ?? [];
  return line === undefined ? null : { line, word: word ?? null };
}

type Word = Line['words'][number];

const isUnsure = (word: Word): boolean => unsureness(word.confidence) > 0;

/** A line as text and elements for the words that are wanted; the words of print without spaces stand side by side. */
function partsOf(
  line: Line,
  index: number,
  { isWanted }: { readonly isWanted: (word: Word) => boolean },
): (string | HTMLElement)[] {
  const parts: (string | HTMLElement)[] = [];
  let text = '';
  let at = 0;
  for (const [position, word] of line.words.entries()) {
    const begin = line.text.indexOf(word.text, at);
    if (begin > at) text += line.text.slice(at, begin);
    if (begin >= 0) at = begin + word.text.length;
    if (!isWanted(word)) {
      text += word.text;
      continue;
    }
    if (text !== '') parts.push(text);
    text = '';
    const unsure = unsureness(word.confidence);
    const element = document.createElement('span');
    if (unsure > 0) element.className = `unsure-${unsure}`;
    element.dataset.place = `${index}-${position}`;
    element.textContent = word.text;
    parts.push(element);
  }
  return text === '' ? parts : [...parts, text];
}
