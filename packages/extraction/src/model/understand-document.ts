import type { ExtractedField, FormBlank, Understanding, UnderstandingRequest } from '@docusnap/contracts';
import type { NumberedPage } from '../extract.ts';
import { ground } from '../grounding/ground.ts';
import { type IndexedPage, indexPages } from '../grounding/page-index.ts';
import { rowsOf } from '../layout/rows.ts';
import { writesMonthFirst } from '../rules/issued.ts';
import { lettersOf } from '../values/normalise.ts';
import { type Asking, askInParts, type PartAnswer } from './ask-in-parts.ts';
import { documentInquiry } from './document-inquiry.ts';
import { type TextPage, textOf } from './document-text.ts';
import { keyed } from './key-values.ts';
import type { Json } from './language-model.ts';
import { prove, searched } from './prove.ts';
import { quotedEntries } from './quote.ts';
import { type NumberedEntry, nearestEntries, numbered, relatedOf } from './related.ts';
import { estimateTokens } from './tokens.ts';

/** Of the protocol. */
const MOST_TAGS = 4;
/** The part of the model's context that known resources may take. */
const SHOWN_SHARE = 0.15;
const FORM_TYPE = 'Form Type';

type Kind = 'doc' | 'form';
type Understood = Omit<Understanding, 'engine' | 'model'>;

/** What a document is about, or what a form asks for. `blanks` are the form's, as the page's geometry gives them. */
export async function understandDocument(
  asking: Asking,
  pages: readonly NumberedPage[],
  request: UnderstandingRequest,
  { kind, blanks }: { kind: Kind; blanks: readonly FormBlank[] },
): Promise<Understood> {
  const texts = textOf(pages);
  const { shown, before } = resourcesFor(asking, texts, request);
  const { answers, usage } = await askInParts(asking, documentInquiry(kind), texts, before);
  const indexed = indexPages(pages);
  const dayFirst = !writesMonthFirst(pages.flatMap(({ text, number }) => rowsOf(text, number)));
  const read = {
    ...merged(answers, shown),
    ...valuesOf(answers, indexed, { dayFirst, requireGrounding: request.requireGrounding }),
  };
  const { kv, fields, labels, title, tags, description, related } = read;
  const about = { title: title ?? firstLine(pages), tags, description: description ?? '', related };
  if (kind === 'doc') {
    const doc = { ...about, tags: atLeastOne(tags, 'document'), kv };
    return { task: 'doc', result: doc, fields, problems: {}, blanks: [], usage };
  }
  const formType = firstText(answers, 'form_type') ?? kv[FORM_TYPE] ?? about.title;
  // What a model calls filled that no page says, of a blank that it calls open too, is open.
  const filled = Object.keys(kv).filter((key) => key !== FORM_TYPE && (fields[key]?.grounded || !isAmong(labels, key)));
  const open = labels.filter((label) => !isAmong([...filled, FORM_TYPE], label));
  const result = {
    ...about,
    tags: atLeastOne(tags, 'form'),
    kv: { [FORM_TYPE]: formType, ...picked(kv, filled) },
    fields: open,
  };
  return { task: 'form', result, fields: picked(fields, filled), problems: {}, blanks: blanksOf(blanks, open), usage };
}

/** The known resources that share most words with the document, as many as their part of the context takes. */
function resourcesFor({ model }: Asking, texts: readonly TextPage[], { library }: UnderstandingRequest) {
  const words = texts.flatMap(({ blocks }) => blocks.flat()).join('\n');
  let room = model.contextTokens * SHOWN_SHARE;
  const shown = nearestEntries(numbered(library), words).filter((one) => {
    room -= estimateTokens(quotedEntries([one], { withValues: false }));
    return room > 0;
  });
  if (shown.length === 0) return { shown, before: { text: '', tokens: 0 } };
  const text = `Resources that are known:\n${quotedEntries(shown, { withValues: false })}`;
  return { shown, before: { text, tokens: estimateTokens(text) } };
}

/** The first part knows what the document is; tags and related resources come from all. */
function merged(answers: readonly PartAnswer[], shown: readonly NumberedEntry[]) {
  const all = (name: string): Json[] => answers.flatMap(({ answer }) => listOf(answer[name]));
  return {
    title: firstText(answers, 'title'),
    description: firstText(answers, 'description'),
    tags: unique(all('tags').filter(isText)).slice(0, MOST_TAGS),
    related: relatedOf(all('related'), shown),
  };
}

/** Pairs and labels of all parts; labels that no page has are none, and pairs that no page proves go where proof is asked for. */
function valuesOf(
  answers: readonly PartAnswer[],
  pages: readonly IndexedPage[],
  { dayFirst, requireGrounding }: { dayFirst: boolean; requireGrounding: boolean },
) {
  const pairs = answers.flatMap(({ answer, numbers }) =>
    listOf(answer.kv).flatMap((pair) => (isPair(pair) ? [{ ...pair, pages: searched(pages, numbers) }] : [])),
  );
  const proven = keyed(pairs, { dayFirst }).map(({ key, value, pages: near }): [string, string, ExtractedField] => [
    key,
    value,
    prove(near, value),
  ]);
  const kept = proven.filter(([, , field]) => field.grounded || !requireGrounding);
  const labels = unique(answers.flatMap(({ answer }) => listOf(answer.fields)).filter(isText));
  return {
    kv: Object.fromEntries(kept.map(([key, value]) => [key, value])),
    fields: Object.fromEntries(kept.map(([key, , field]) => [key, field])),
    labels: labels.filter((label) => ground(pages, label).grounded),
  };
}

function firstText(answers: readonly PartAnswer[], name: string): string | undefined {
  return answers.map(({ answer }) => answer[name]).find(isText);
}

function isAmong(labels: readonly string[], key: string): boolean {
  return labels.some((label) => lettersOf(label) === lettersOf(key));
}

function picked<Value>(record: Readonly<Record<string, Value>>, keys: readonly string[]): Record<string, Value> {
  return Object.fromEntries(keys.map((key) => [key, record[key]!]));
}

function firstLine(pages: readonly NumberedPage[]): string {
  return pages.flatMap(({ text }) => text.blocks[0]?.lines[0]?.text ?? [])[0] ?? '';
}

function atLeastOne(tags: readonly string[], kind: string): string[] {
  return tags.length === 0 ? [kind] : [...tags];
}

/** The blanks of labels that the form asks for, and the boxes to tick of its questions. */
function blanksOf(blanks: readonly FormBlank[], labels: readonly string[]): FormBlank[] {
  return blanks.flatMap((blank) => {
    const question = labels.find((one) => lettersOf(one) === lettersOf(blank.question ?? ''));
    if (blank.question !== undefined && question !== undefined) return [{ ...blank, question }];
    const label = labels.find((one) => lettersOf(one) === lettersOf(blank.label));
    return label === undefined ? [] : [{ ...blank, label }];
  });
}

function listOf(value: Json | undefined): readonly Json[] {
  return Array.isArray(value) ? value : [];
}

function isText(value: Json | undefined): value is string {
  return typeof value === 'string' && value.trim() !== '';
}

function isPair(value: Json): value is { readonly key: string; readonly value: string } {
  const { key, value: text } = (value ?? {}) as { key?: unknown; value?: unknown };
  return typeof key === 'string' && typeof text === 'string';
}

function unique(texts: readonly string[]): string[] {
  return texts
    .map((text) => text.trim())
    .filter((text, at, all) => all.findIndex((other) => lettersOf(other) === lettersOf(text)) === at);
}
