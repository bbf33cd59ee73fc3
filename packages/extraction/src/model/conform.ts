import { meaningOf } from '../grounding/find-values.ts';
import type { Json } from './language-model.ts';
import type { LeafShape, Shape } from './schema.ts';

/**
 * An answer brought near its shape, as far as that loses nothing: properties nobody asked for are left out, those left out are null, and leaves are
 * turned into what is wanted where they plainly say it ("RM 1,234.50" where a number is wanted, 12345 where a string is, "29/12/2017" where a date
 * is). What cannot be brought there stays as it is, for the check to find.
 */
export function conform(value: Json | undefined, shape: Shape): Json {
  if (shape.kind === 'object') {
    if (value !== undefined && value !== null && (typeof value !== 'object' || Array.isArray(value))) return value;
    const given = (value ?? {}) as { readonly [name: string]: Json };
    return Object.fromEntries(
      [...shape.properties].map(([name, inner]) => [
        name,
        conform(Object.hasOwn(given, name) ? given[name] : undefined, inner),
      ]),
    );
  }
  if (shape.kind === 'array') {
    if (value === undefined || value === null) return [];
    return Array.isArray(value) ? value.map((item: Json) => conform(item, shape.items)) : value;
  }
  return leafOf(value ?? null, shape);
}

function leafOf(value: Json, shape: LeafShape): Json {
  if (value === null) return null;
  if (typeof value === 'object') return value;
  const { types } = shape;
  if (types.length === 0) return null;
  if (typeof value === 'string') return ofString(value.trim(), shape);
  if (typeof value === 'number' && !types.includes('number') && !types.includes('integer') && types.includes('string'))
    return String(value);
  if (typeof value === 'boolean' && !types.includes('boolean') && types.includes('string')) return String(value);
  return value;
}

function ofString(text: string, shape: LeafShape): Json {
  const { types, format } = shape;
  if (shape.enum !== undefined) {
    const listed = shape.enum.find((one) => String(one).toLowerCase() === text.toLowerCase());
    return listed ?? (text === '' ? null : text);
  }
  // A model that was told to answer null and has to answer with a string answers with an empty one.
  if (text === '') return null;
  if (types.includes('string')) return format === 'date' ? dateOf(text) : text;
  if (types.includes('boolean') && /^(?:true|false)$/i.test(text)) return text.toLowerCase() === 'true';
  return types.includes('number') || types.includes('integer') ? numberOf(text) : text;
}

function numberOf(text: string): Json {
  if (/^[-+]?\d+(?:\.\d+)?$/.test(text)) return Number(text);
  const meaning = meaningOf(text);
  return meaning.kind === 'amount' || meaning.kind === 'number' ? Number(meaning.value) : text;
}

function dateOf(text: string): Json {
  const meaning = meaningOf(text);
  return meaning.kind === 'date' && meaning.days.length === 1 ? meaning.days[0]! : text;
}
