import { AppError, type ExtractedField, type PageText } from '@docusnap/contracts';
import { ground } from './grounding/ground.ts';
import { indexPages } from './grounding/page-index.ts';
import { rowsOf } from './layout/rows.ts';
import { findField } from './rules/concepts.ts';
import type { Finding } from './rules/finding.ts';

/** A page of a document, with its number from 1. */
export interface NumberedPage {
  readonly number: number;
  readonly text: PageText;
}

/** The part of JSON Schema (draft 2020-12) that describes a field to find. */
export interface FieldSchema {
  readonly type?: string;
  readonly title?: string;
  readonly format?: string;
  readonly properties?: Readonly<Record<string, FieldSchema>>;
}

/** Deeper schemas are refused: a document's fields are named in fewer steps. */
const DEEPEST = 4;
const SCALARS: readonly string[] = ['string', 'number', 'integer', 'boolean'];

/**
 * Fields of a document by rules alone, as a schema of objects and scalars names them; keys of the answer are paths ("seller.name"). A field that
 * no rule finds has the value null, and is not grounded.
 *
 * @throws AppError `invalid_options` for a schema that is deeper, or has another type than object, string, number, integer or boolean
 */
export function extractByRules(pages: readonly NumberedPage[], schema: FieldSchema): Record<string, ExtractedField> {
  const rows = pages.flatMap(({ text, number }) => rowsOf(text, number));
  const indexed = indexPages(pages);
  const fields = leavesOf(schema, []).map(({ path, leaf }): [string, ExtractedField] => {
    const found = findField(rows, leaf.title ?? path.at(-1)!).find((finding) => typed(finding, leaf) !== null);
    if (!found)
      return [path.join('.'), { value: null, normalized: null, confidence: 0, grounded: false, evidence: [] }];
    const hint = { page: found.row.page, line: found.row.pieces[0]!.index };
    const proof = ground(indexed, found.text, hint);
    return [path.join('.'), { value: typed(found, leaf), normalized: found.normalized, ...proof }];
  });
  return Object.fromEntries(fields);
}

function leavesOf(schema: FieldSchema, path: readonly string[]): { path: readonly string[]; leaf: FieldSchema }[] {
  if (schema.properties) {
    if (path.length >= DEEPEST)
      throw new AppError('invalid_options', `schema: "${path.join('.')}" is nested deeper than ${DEEPEST}.`);
    return Object.entries(schema.properties).flatMap(([name, leaf]) => leavesOf(leaf, [...path, name]));
  }
  const type = schema.type ?? 'string';
  if (path.length === 0 || !SCALARS.includes(type)) {
    throw new AppError(
      'invalid_options',
      `schema: "${path.join('.')}" has type ${type}; rules find ${SCALARS.join(', ')} in objects.`,
    );
  }
  return [{ path, leaf: schema }];
}

/** What was found as the schema wants it; null where it cannot be that. */
function typed(
  { text, normalized }: Finding,
  { type = 'string', format }: FieldSchema,
): string | number | boolean | null {
  if (type === 'string')
    return format === 'date' ? (/^\d{4}-\d\d-\d\d$/.test(normalized) ? normalized : null) : text.trim();
  if (type === 'boolean')
    return /^(?:yes|true|x|✓|是)$/i.test(normalized) ? true : /^(?:no|false|否)$/i.test(normalized) ? false : null;
  const number = /^-?\d[\d,]*(?:\.\d+)?$/.test(normalized) ? Number(normalized.replaceAll(',', '')) : Number.NaN;
  return Number.isNaN(number) || (type === 'integer' && !Number.isInteger(number)) ? null : number;
}
