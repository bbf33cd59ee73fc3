import type { ExtractedField, FormBlank, FormResult, LibraryEntry } from '@docusnap/contracts';
import type { NumberedPage } from '../extract.ts';
import { indexPages } from '../grounding/page-index.ts';
import { type Box, quadOf } from '../layout/places.ts';
import { rowsOf } from '../layout/rows.ts';
import { labelLetters, standardName } from '../rules/vocabulary.ts';
import { lettersOf } from '../values/normalise.ts';
import { type LabelledPlace, labelBlanks } from './blank-labels.ts';
import { docParts, summary } from './doc.ts';
import { emptyLabels } from './empty-labels.ts';
import { type Pair, provePairs } from './pairs.ts';
import { groupTicks, type TickGroup } from './ticks.ts';

/** What the rules make of a form. */
export interface UnderstoodForm {
  readonly result: FormResult;
  readonly fields: Record<string, ExtractedField>;
  readonly blanks: FormBlank[];
}

type PlacedGroup = TickGroup & { readonly page: NumberedPage };

const FORM_TYPE = 'Form Type';
/** A value so near to a blank with its label, in heights of print, was taken from what stands around the blank. */
const BESIDE_A_BLANK = 2.6;

/** What a form is, what it asks for (the labels of its blanks and boxes), and what is filled in already. */
export function understandForm(pages: readonly NumberedPage[], library: readonly LibraryEntry[]): UnderstoodForm {
  const parts = docParts(pages);
  const places = pages.flatMap(placesOf).filter((place) => !parts.pairs.some((pair) => isValue(place, pair)));
  const found = pages.flatMap((page): PlacedGroup[] =>
    groupTicks(page.text, page.number).map((group) => ({ ...group, page })),
  );
  const groups = found.filter((group) => isSure(group, found));
  const open = groups.filter(({ options }) => options.every(({ checked }) => !checked));
  const labels = [
    ...places,
    ...open.flatMap((group) => ({ label: group.question ?? group.options[0]!.label, ...placeOf(group) })),
  ];
  const fields = distinct(labels.toSorted(inReadingOrder).map(({ label }) => label)).filter(
    (label) => standardName(label) !== FORM_TYPE,
  );
  const questions = new Set(groups.flatMap(({ question }) => (question === null ? [] : [nameOf(question)])));
  const filled = parts.pairs.filter(
    (pair) => pair.key !== FORM_TYPE && !questions.has(nameOf(pair.key)) && !places.some((place) => isOf(place, pair)),
  );
  const named = { key: FORM_TYPE, value: parts.title, normalized: null, proof: parts.title };
  const type: Pair[] = parts.rows[0] ? [{ ...named, row: parts.rows[0] }] : [];
  const proven = provePairs(indexPages(pages), [...type, ...groups.flatMap(tickedPair), ...filled], { taken: fields });
  const unproven = { value: parts.title, normalized: null, confidence: 0, grounded: false, evidence: [] };
  return {
    result: { ...summary(pages, parts, library), kv: { [FORM_TYPE]: parts.title, ...proven.kv }, fields },
    fields: { [FORM_TYPE]: unproven, ...proven.fields },
    blanks: [...places.map(({ label, page, quad }) => ({ label, page, quad })), ...groups.flatMap(boxesOf)],
  };
}

/** The blanks of a page, and standard labels with nothing behind them beside which none was seen; without blanks, what the print shows of them. */
function placesOf({ text, number }: NumberedPage): LabelledPlace[] {
  const seen = (text.blanks?.length ?? 0) + (text.checkboxes?.length ?? 0) > 0;
  if (!seen) return emptyLabels(text, number);
  const places = labelBlanks(text, number);
  const others = emptyLabels(text, number).filter(
    ({ label }) => standardName(label) !== undefined && places.every((place) => nameOf(place.label) !== nameOf(label)),
  );
  return [...places, ...others];
}

/** Whether the label of a blank is a value that was filled in left of it. */
function isValue({ label, page, box }: LabelledPlace, { value, row }: Pair): boolean {
  const isLevel =
    page === row.page && row.middle > box.top - row.height / 2 && row.middle < box.bottom + row.height / 2;
  return isLevel && standardName(label) === undefined && lettersOf(value).endsWith(lettersOf(label));
}

/** Whether a pair is nothing but the label of a blank and what is printed near it. */
function isOf({ label, page, box }: LabelledPlace, { key, row }: Pair): boolean {
  const away = Math.abs((box.top + box.bottom) / 2 - row.middle);
  return page === row.page && nameOf(label) === nameOf(key) && away < BESIDE_A_BLANK * row.height;
}

/** What is ticked, under its question; a box of its own that is ticked says yes. */
function tickedPair({ question, options, page }: PlacedGroup): Pair[] {
  const ticked = options.filter(({ checked }) => checked);
  const [first] = ticked;
  if (!first) return [];
  const row = rowsOf(page.text, page.number)[first.row]!;
  const value = question === null ? 'Yes' : ticked.map(({ label }) => label).join(', ');
  return [{ key: question ?? first.label, value, normalized: null, proof: first.label, row }];
}

/** Letters that look like ticked boxes stand alone, and where they do no other box is empty. */
function isSure({ question, options, page }: PlacedGroup, found: readonly PlacedGroup[]): boolean {
  const isAlone = question === null && options.every(({ checked }) => checked);
  const others = found.filter((group) => group.page === page).flatMap((group) => group.options);
  return !isAlone || others.some(({ checked }) => !checked);
}

function boxesOf({ question, options, page }: PlacedGroup): FormBlank[] {
  const asked = question === null ? {} : { question };
  return options
    .filter(({ checked }) => !checked)
    .map(({ label, box }) => ({ label, ...asked, page: page.number, quad: quadOf(box, page.text.angle ?? 0) }));
}

function placeOf({ options, page }: PlacedGroup): { readonly page: number; readonly box: Box } {
  return { page: page.number, box: options[0]!.box };
}

function inReadingOrder(
  a: { readonly page: number; readonly box: Box },
  b: { readonly page: number; readonly box: Box },
): number {
  const isLevel = a.box.bottom > b.box.top && b.box.bottom > a.box.top;
  return a.page - b.page || (isLevel ? a.box.left - b.box.left : a.box.top - b.box.top);
}

/** Labels once each: of two that differ in marks only the first. */
function distinct(labels: readonly string[]): string[] {
  const letters = labels.map(labelLetters);
  return labels.filter((_, at) => letters.indexOf(letters[at]!) === at);
}

function nameOf(label: string): string {
  return standardName(label) ?? labelLetters(label);
}
