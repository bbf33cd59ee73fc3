import { AppError, type FillResult, type LibraryEntry, type TokenUsage, type Understanding } from '@docusnap/contracts';
import { meaningOf, placesOf } from '../grounding/find-values.ts';
import { isOfficial } from '../tasks/fill.ts';
import { normalise } from '../values/normalise.ts';
import { askModel, type Inquiry, type JsonAnswer, materialTokens } from './ask.ts';
import type { Asking } from './ask-in-parts.ts';
import { checkerOf } from './check-answer.ts';
import { dateAsNumbers } from './key-values.ts';
import { addUsage, type Json, NO_USAGE } from './language-model.ts';
import { quoted, quotedEntries } from './quote.ts';
import { type NumberedEntry, numbered } from './related.ts';
import { leafOf, listOf, objectOf } from './schema.ts';
import { estimateTokens } from './tokens.ts';

const TASK = `Fill a form from what is known. "values": for each blank that a resource answers, the number of the blank, the value, and the number of the resource it comes from; a blank that none answers is left out. Take a value as the resource has it (a part of it, or several of one resource joined, where the blank asks for that); dates as YYYY-MM-DD. Where resources differ, official documents (identity cards, passports, certificates, official letters) come before others, and newer ones before older ones.`;
const ITEM = objectOf({ blank: leafOf('integer'), value: leafOf('string'), resource: leafOf('integer') });
const SHAPE = objectOf({ values: listOf(ITEM) });

interface Filled {
  readonly label: string;
  readonly value: string;
  readonly entry: LibraryEntry;
}

/** Values of a library for the blanks of a form. Each is looked for in the resource that the model names; what stands in no resource is left out. */
export async function understandFill(
  asking: Asking,
  labels: readonly string[],
  library: readonly LibraryEntry[],
): Promise<Omit<Understanding, 'engine' | 'model'>> {
  const rest = { task: 'fill' as const, fields: {}, problems: {}, blanks: [] };
  if (labels.length === 0 || library.length === 0) return { ...rest, result: {}, usage: NO_USAGE };
  const { filled, usage } = await askByParts(asking, labels, library);
  return { ...rest, result: resultOf(filled), usage };
}

async function askByParts(
  { model, signal }: Asking,
  labels: readonly string[],
  library: readonly LibraryEntry[],
): Promise<{ filled: Filled[]; usage: TokenUsage }> {
  const blanks = `Blanks of the form, a line each, numbered from 1:\n${quoted(labels.map((label, at) => `${at + 1}. ${label}`))}`;
  const inquiry: Inquiry = { task: TASK, shape: SHAPE, check: checkerOf(SHAPE) };
  const room = materialTokens(model, inquiry) - estimateTokens(blanks);
  const open = cutEntries(numbered(library), room);
  const filled: Filled[] = [];
  let usage = NO_USAGE;
  for (let part = open.shift(); part !== undefined; part = open.shift()) {
    const material = `${blanks}\n\nWhat is known:\n${quotedEntries(part, { withValues: true })}`;
    const reply = await askModel(model, inquiry, material, { pictures: [], signal });
    usage = addUsage(usage, reply.usage);
    if (reply.kind === 'answered') {
      filled.push(...filledOf(reply.answer, labels, part, library));
      continue;
    }
    const half = Math.ceil(part.length / 2);
    if (part.length < 2) throw reply.why;
    open.unshift(part.slice(0, half), part.slice(half));
  }
  return { filled, usage };
}

/** Resources in as many questions as their text needs. */
function cutEntries(entries: readonly NumberedEntry[], room: number): NumberedEntry[][] {
  const parts: NumberedEntry[][] = [];
  let size = 0;
  for (const one of entries) {
    const own = estimateTokens(quotedEntries([one], { withValues: true }));
    if (own > room)
      throw new AppError(
        'llm_context_exceeded',
        'Its context has no room for one resource beside the blanks of the form.',
      );
    if (parts.length > 0 && size + own <= room) {
      parts.at(-1)!.push(one);
      size += own;
    } else {
      parts.push([one]);
      size = own;
    }
  }
  return parts;
}

function filledOf(
  answer: JsonAnswer,
  labels: readonly string[],
  part: readonly NumberedEntry[],
  library: readonly LibraryEntry[],
): Filled[] {
  const values: readonly Json[] = Array.isArray(answer.values) ? answer.values : [];
  return values.flatMap((item) => {
    const { blank, value, resource } = item as JsonAnswer;
    const label = typeof blank === 'number' ? labels[blank - 1] : undefined;
    if (label === undefined || typeof value !== 'string') return [];
    const named = part.find(({ number }) => number === resource)?.entry;
    const entry = [...(named ? [named] : []), ...library].find((one) => holds(one, value));
    // In libraries dates are written "Jan 01, 2025", with one order of day and month.
    return entry === undefined ? [] : [{ label, value: dateAsNumbers(value, { dayFirst: true }), entry }];
  });
}

/** Whether a resource says a value: the same day, sum or number, else words of one of its values in a row, or several of its values joined. */
function holds({ kv }: LibraryEntry, value: string): boolean {
  const known = Object.values(kv);
  const meaning = meaningOf(value);
  if (meaning.kind !== 'text') return known.some((text) => placesOf(text, meaning).length > 0);
  const wanted = wordsOf(value);
  if (wanted.length === 0) return false;
  const words = known.map(wordsOf);
  return words.some((own) => isRun(wanted, own)) || known.some((text) => isHanOf(text, value)) || isJoin(wanted, words);
}

/** A sign behind a word is its own: "A+" is not "A-". */
const WORD = /[\p{L}\p{M}\p{N}]+(?:[-+]+(?![\p{L}\p{N}]))?/gu;

function wordsOf(text: string): string[] {
  return (text.match(WORD) ?? []).map((word) => normalise(word).text + (/[-+]+$/.exec(word)?.[0] ?? ''));
}

function isRun(words: readonly string[], of: readonly string[]): boolean {
  return of.some((_, at) => words.every((word, index) => of[at + index] === word));
}

/** Chinese is written without spaces: a part of a value is a word too. */
function isHanOf(text: string, value: string): boolean {
  const letters = normalise(value).text;
  return /^\p{Script=Han}+$/u.test(letters) && normalise(text).text.includes(letters);
}

/** Whether words are those of whole values, one value behind the other. */
function isJoin(words: readonly string[], values: readonly (readonly string[])[]): boolean {
  const wanted = words.join('');
  const parts = new Set(values.map((own) => own.join('')).filter((part) => part !== ''));
  const reached = new Set([0]);
  // A set is walked in the order in which it grows.
  for (const at of reached) for (const part of parts) if (wanted.startsWith(part, at)) reached.add(at + part.length);
  return reached.has(wanted.length);
}

/** One value a blank: of several the one of an official document, then the one of the newest resource, the first among equals. */
function resultOf(filled: readonly Filled[]): FillResult {
  const best = new Map<string, Filled>();
  for (const one of filled) {
    const known = best.get(one.label);
    if (known === undefined || isBetter(one.entry, known.entry)) best.set(one.label, one);
  }
  return Object.fromEntries(
    [...best].map(([label, { value, entry }]) => [
      label,
      { value, source: { type: entry.type, resource_id: entry.id } },
    ]),
  );
}

function isBetter(one: LibraryEntry, other: LibraryEntry): boolean {
  if (isOfficial(one) !== isOfficial(other)) return isOfficial(one);
  const [a, b] = [one.date, other.date].map((date) => (date === null ? Number.NaN : Date.parse(date)));
  return a! > b!;
}
