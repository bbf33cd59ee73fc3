import type { AskedSchema } from './asked-schema.ts';
import { isNullable } from './assemble.ts';
import type { WantedSchema } from './schemas.ts';

/** What is wrong with the object that was found, and where. */
export interface Issue {
  /** "items.0.price"; "" for the whole. */
  readonly path: string;
  readonly message: string;
}

/** Checks the object against its schema: with the library it is of, which may also change it, else for what is missing. */
export async function check(
  schema: WantedSchema,
  asked: AskedSchema,
  data: unknown,
): Promise<{ readonly data: unknown; readonly issues: readonly Issue[] }> {
  if (!('~standard' in schema)) return { data, issues: missingIn(asked, data, '') };
  const validated = await schema['~standard'].validate(data);
  if (validated.issues === undefined) return { data: validated.value, issues: [] };
  return {
    data,
    issues: validated.issues.map(({ message, path = [] }) => ({ message, path: path.map(step).join('.') })),
  };
}

const step = (part: unknown): string =>
  String(typeof part === 'object' && part !== null && 'key' in part ? part.key : part);

function missingIn(schema: AskedSchema, data: unknown, path: string): Issue[] {
  const below = (name: string | number): string => (path === '' ? String(name) : `${path}.${name}`);
  if (schema.items && Array.isArray(data))
    return data.flatMap((item, index) => missingIn(schema.items!, item, below(index)));
  if (!schema.properties || typeof data !== 'object' || data === null) return [];
  const found = data as Readonly<Record<string, unknown>>;
  return Object.entries(schema.properties).flatMap(([name, inner]) => {
    const missing = (found[name] ?? null) === null && schema.required?.includes(name) && !isNullable(inner);
    return missing ? [{ path: below(name), message: 'No page says it.' }] : missingIn(inner, found[name], below(name));
  });
}
