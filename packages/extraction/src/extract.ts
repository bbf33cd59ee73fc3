import type { ExtractedField, PageText } from '@docusnap/contracts';
import { ground, type Hint } from './grounding/ground.ts';
import { type IndexedPage, indexPages } from './grounding/page-index.ts';
import { type Row, rowsOf } from './layout/rows.ts';
import { readCallerSchema } from './model/caller-schema.ts';
import { fits } from './model/check-answer.ts';
import { type Format, type LeafShape, type Path, pathText, type Shape } from './model/schema.ts';
import { findField } from './rules/concepts.ts';
import { writesMonthFirst } from './rules/issued.ts';
import { findItems } from './rules/table-items.ts';
import { findAmounts } from './values/amounts.ts';
import { findDates } from './values/dates.ts';
import { lettersOf } from './values/normalise.ts';
import { type DecimalMark, decimalMarkOf, leadingNumber } from './values/numbers.ts';

/** A page of a document, with its number from 1. */
export interface NumberedPage {
  readonly number: number;
  readonly text: PageText;
}

/** A JSON Schema of the subset that `readCallerSchema` describes. */
export type FieldSchema = Parameters<typeof readCallerSchema>[0];

type Value = string | number | boolean;

interface Document {
  readonly pages: readonly NumberedPage[];
  readonly rows: readonly Row[];
  readonly indexed: readonly IndexedPage[];
  /** How it writes what can be read in two ways. */
  readonly dayFirst: boolean;
  readonly decimal: DecimalMark;
}

/** What rules found for a leaf: as printed, in a form that compares, and where. */
interface Print {
  readonly text: string;
  readonly normalized: string;
  readonly hint: Hint;
}

const NOTHING: ExtractedField = { value: null, normalized: null, confidence: 0, grounded: false, evidence: [] };
/** A list of single values takes what was found as surely as the first, up to so many. */
const MOST_VALUES = 50;
/** A title is a name of a few words; longer ones describe. */
const MOST_NAME = 60;

/**
 * Fields of a document by rules alone; keys of the answer are paths ("seller.name", "items.0.price"). Leaves are found by what their title or name
 * asks for, lists of objects in tables whose headings name the properties. A field that no rule finds has the value null, and is not grounded.
 *
 * @throws AppError `invalid_options` for a schema outside of the supported subset
 */
export function extractByRules(pages: readonly NumberedPage[], schema: FieldSchema): Record<string, ExtractedField> {
  const rows = pages.flatMap(({ text, number }) => rowsOf(text, number));
  const document = {
    pages,
    rows,
    indexed: indexPages(pages),
    dayFirst: !writesMonthFirst(rows),
    decimal: decimalMarkOf(rows.map(({ text }) => text)),
  };
  return Object.fromEntries(fieldsOf(document, readCallerSchema(schema), []));
}

function fieldsOf(document: Document, shape: Shape, path: Path): [string, ExtractedField][] {
  if (shape.kind === 'object') {
    return [...shape.properties].flatMap(([name, inner]) => fieldsOf(document, inner, [...path, name]));
  }
  if (shape.kind === 'leaf') return [[pathText(path), fieldFrom(document, foundFor(document, shape, path), shape)]];
  const { items } = shape;
  if (items.kind === 'object') return itemsOf(document, [...items.properties], path);
  return items.kind === 'leaf' ? listOf(document, items, path) : [];
}

/** What fits of the findings for a leaf: by its title where it has one, else by its name. */
function foundFor(document: Document, shape: LeafShape, path: Path): (Print & { readonly points: number })[] {
  const name = String(path.findLast((step) => typeof step === 'string'));
  const { title } = shape;
  const asked = title !== undefined && title.length <= MOST_NAME ? [title, name] : [name];
  for (const one of asked) {
    const found = findField(document.rows, one)
      .map(({ row, text, normalized, points }) => ({
        text,
        // What stands behind a label is nothing yet but its print.
        normalized: normalized === text ? normalForm(document, text, shape) : normalized,
        points,
        hint: { page: row.page, line: row.pieces[0]!.index },
      }))
      .filter((finding) => typed(finding, shape) !== null);
    if (found.length > 0) return found;
  }
  return [];
}

function fieldFrom({ indexed }: Document, [found]: readonly Print[], shape: LeafShape): ExtractedField {
  const value = found ? typed(found, shape) : null;
  if (!found || value === null) return NOTHING;
  return { value, normalized: found.normalized, ...ground(indexed, found.text, found.hint) };
}

function listOf(document: Document, shape: LeafShape, path: Path): [string, ExtractedField][] {
  const found = foundFor(document, shape, path);
  const best = found.filter(({ points }) => points === found[0]?.points);
  const distinct = best.filter((one, at) => best.findIndex(({ normalized }) => normalized === one.normalized) === at);
  return distinct.slice(0, MOST_VALUES).map((one, at) => [pathText([...path, at]), fieldFrom(document, [one], shape)]);
}

function itemsOf(document: Document, properties: readonly [string, Shape][], path: Path): [string, ExtractedField][] {
  const leaves = properties.filter((property): property is [string, LeafShape] => property[1].kind === 'leaf');
  const items = findItems(
    document.pages,
    leaves.map(([name]) => name),
  );
  return items.flatMap((item, at) =>
    leaves.map(([name, shape]): [string, ExtractedField] => {
      const cell = item.get(name);
      const print = cell && { text: cell.text, normalized: normalForm(document, cell.text, shape), hint: cell };
      return [pathText([...path, at, name]), fieldFrom(document, print ? [print] : [], shape)];
    }),
  );
}

/** The day, sum or number that a print holds, in the form that compares; for a leaf that asks for one, also among other words. */
function normalForm({ dayFirst, decimal }: Document, text: string, { types, format }: LeafShape): string {
  const date = findDates(text, { dayFirst })[0];
  if (date && (format === 'date' || date.end - date.start === text.length)) return date.value;
  const amounts = findAmounts(text);
  const wantsNumber = !types.includes('string') && (types.includes('number') || types.includes('integer'));
  const isSum =
    amounts.length === 1 && (!wantsNumber || amounts[0]!.currency !== null || amounts[0]!.value.includes('.'));
  if (isSum) return amounts[0]!.value;
  return (wantsNumber ? leadingNumber(text, decimal)?.toString() : undefined) ?? text;
}

/** What was found as the leaf wants it; null where it cannot be that. */
function typed(found: Omit<Print, 'hint'>, { types, format, enum: values }: LeafShape): Value | null {
  if (values) return listed(found.text, values);
  for (const type of types) {
    const value =
      type === 'string'
        ? textFor(found, format)
        : type === 'boolean'
          ? truth(found.normalized)
          : number(found.normalized, type === 'integer');
    if (value !== null) return value;
  }
  return null;
}

function textFor({ text, normalized }: Omit<Print, 'hint'>, format: LeafShape['format']): string | null {
  if (format === undefined) return text.trim();
  return [normalized, text.trim(), `https://${normalized}`].find((one) => isOf(one, format)) ?? null;
}

/** A link is printed without its scheme; what has no point in it is none. */
function isOf(text: string, format: Format): boolean {
  return fits(text, format) && (format !== 'uri' || /^\w+:\/\/[^\s/]+\.\S+$/u.test(text));
}

/** The one of some values that a print is, or has in it as words of its own. */
function listed(text: string, values: readonly Value[]): Value | null {
  const letters = lettersOf(text);
  const said = values.filter((value) => lettersOf(String(value)) === letters);
  const same = said.find((value) => String(value).trim() === text.trim());
  // "A+" and "A-" have the same letters.
  if (same !== undefined || said.length > 0) return same ?? (said.length === 1 ? said[0]! : null);
  const words = ` ${text
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, ' ')
    .trim()} `;
  return values.find((value) => words.includes(` ${String(value).toLowerCase()} `)) ?? null;
}

function truth(text: string): boolean | null {
  if (/^(?:yes|true|x|✓|是|ja|oui)$/i.test(text)) return true;
  return /^(?:no|false|否|nein|non)$/i.test(text) ? false : null;
}

function number(text: string, isWhole: boolean): number | null {
  const value = /^-?\d+(?:\.\d+)?$/.test(text) ? Number(text) : Number.NaN;
  return Number.isNaN(value) || (isWhole && !Number.isInteger(value)) ? null : value;
}
