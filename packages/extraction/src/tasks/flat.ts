/** A value of JSON. */
type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json };

/** No key of a result: where JSON is read it is left out, since in many languages it would set what an object inherits from. */
export const NO_KEY = '__proto__';

/** Values of any depth by their paths: objects become "a.b", lists "a.1", "a.2". What is null or empty says nothing, and is left out. */
export function flat(values: Readonly<Record<string, Json>>): Record<string, string> {
  return Object.fromEntries(Object.entries(values).flatMap(([key, value]) => leaves(key, value)));
}

function leaves(path: string, value: Json): [string, string][] {
  if (value === null || value === '') return [];
  if (typeof value !== 'object') return [[path, String(value)]];
  const parts = Array.isArray(value)
    ? value.map((one, at): [string, Json] => [String(at + 1), one])
    : Object.entries(value);
  return parts.flatMap(([key, one]) => leaves(`${path}.${key}`, one as Json));
}
