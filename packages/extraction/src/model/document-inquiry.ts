import { STANDARD_NAMES } from '../rules/standard-names.ts';
import type { Inquiry, JsonAnswer } from './ask.ts';
import { checkerOf } from './check-answer.ts';
import { flatten } from './key-values.ts';
import type { Json, JsonObject } from './language-model.ts';
import { leafOf, listOf, type ObjectShape, objectOf } from './schema.ts';

/** What is asked about a document, or about a form. */
export function documentInquiry(kind: 'doc' | 'form'): Inquiry {
  const shape = shapeOf(kind);
  return {
    task: kind === 'doc' ? DOC_TASK : FORM_TASK,
    shape,
    check: checkerOf(shape),
    prepare: pairsOfAnswer,
    faultsOf: missing,
  };
}

const NAMES = Object.keys(STANDARD_NAMES).join(', ');
const ABOUT = `"title": a short title, in the language of the document. "tags": 1 to 4 short tags of what kind of document it is and what it is about. "description": one or two sentences. "related": the numbers of those resources above that plainly belong to it (the same case, person, contract or form), best first, 5 at most; an empty list where none does or none is shown.`;
const KV = `"kv": each value once, as a pair of key and value, flat. For keys prefer these names: ${NAMES}. Where the document says something else, take its own label. Where two values would have the same key, tell them apart by a word before or behind it (Seller Address, Buyer Address). Dates as "Jan 01, 2025". Other values as printed.`;
const DOC_TASK = `Say what the document is about and what it states. ${ABOUT} ${KV}`;
const FORM_TASK = `The document is a form. Say what it is, what is filled in already and what is to be filled. ${ABOUT} "form_type": what kind of form it is, in a few words. "fields": the labels of the blanks that are still empty, as printed, in order; "____" marks a blank and "[ ]" a box that is not ticked. ${KV} In "kv" put only what is filled in already; nothing may be in both "kv" and "fields".`;

function shapeOf(kind: 'doc' | 'form'): ObjectShape {
  const text = leafOf('string');
  const pairs = listOf(objectOf({ key: text, value: text }));
  const about = { title: text, tags: listOf(text), description: text, kv: pairs };
  const related = listOf(leafOf('integer'));
  return objectOf(
    kind === 'doc' ? { ...about, related } : { form_type: text, ...about, fields: listOf(text), related },
  );
}

/** Models like to answer with an object where pairs are wanted, nested ones too. */
function pairsOfAnswer(given: JsonAnswer): JsonAnswer {
  const { kv } = given;
  if (Array.isArray(kv)) {
    const pairs = kv.flatMap((item: Json) => {
      const { key, value } = (typeof item === 'object' && item !== null ? item : {}) as { key?: Json; value?: Json };
      return typeof key === 'string' ? flatten({ [key]: value ?? null }) : [];
    });
    return { ...given, kv: pairs.map((pair): Json => ({ ...pair })) };
  }
  return typeof kv === 'object' && kv !== null
    ? { ...given, kv: flatten(kv as JsonObject).map((pair): Json => ({ ...pair })) }
    : given;
}

function missing({ title }: JsonAnswer) {
  return title === null ? [{ path: ['title'], message: 'must be a string' }] : [];
}
