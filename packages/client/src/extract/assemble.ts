import type { ExtractedField } from '../generated/api.ts';
import type { AskedSchema } from './asked-schema.ts';

type Fields = Readonly<Record<string, ExtractedField>>;

/** An object and, of the same form, what proves its values. */
export interface Assembled {
  readonly data: unknown;
  readonly proofs: unknown;
}

/** The object that fields make, which come by their paths: "seller.name", "items.0.price". */
export function assemble(schema: AskedSchema, fields: Fields): Assembled {
  return at(schema, fields, '');
}

function at(schema: AskedSchema, fields: Fields, path: string): Assembled {
  const below = (name: string | number): string => (path === '' ? String(name) : `${path}.${name}`);
  if (schema.properties) {
    const inner = Object.entries(schema.properties).map(
      ([name, property]) => [name, at(property, fields, below(name))] as const,
    );
    const named = (part: keyof Assembled) =>
      Object.fromEntries(
        inner.filter(([, made]) => made[part] !== undefined).map(([name, made]) => [name, made[part]]),
      );
    return { data: withNulls(named('data'), schema), proofs: named('proofs') };
  }
  if (schema.items) {
    const items = Array.from({ length: lengthAt(fields, path) }, (_, index) => at(schema.items!, fields, below(index)));
    return { data: items.map(({ data }) => data), proofs: items.map(({ proofs }) => proofs) };
  }
  const field = fields[path];
  return { data: field ? valueIn(field, schema) : undefined, proofs: field };
}

/** What a schema demands and nobody found is null, so that it is missed by its name. */
function withNulls(
  data: Record<string, unknown>,
  { required = [], properties = {} }: AskedSchema,
): Record<string, unknown> {
  const entries = Object.keys(properties).map((name) => [name, data[name] ?? null] as const);
  const wanted = ([name, value]: readonly [string, unknown]): boolean =>
    value !== null || required.includes(name) || isNullable(properties[name]);
  return Object.fromEntries(entries.filter(wanted));
}

export function isNullable(schema: AskedSchema | undefined): boolean {
  return [schema?.type].flat().includes('null');
}

/** Dates and times as they compare, where the schema names such a format. */
function valueIn({ value, normalized }: ExtractedField, { format }: AskedSchema): unknown {
  return typeof format === 'string' && normalized !== null ? normalized : value;
}

function lengthAt(fields: Fields, path: string): number {
  const places = Object.keys(fields)
    .filter((name) => name.startsWith(`${path}.`))
    .map((name) => Number.parseInt(name.slice(path.length + 1), 10));
  return Math.max(-1, ...places) + 1;
}
