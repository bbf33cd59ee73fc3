import { type AskedSchema, checkedSchema } from './asked-schema.ts';
import { isNullable } from './assemble.ts';
import { brokenLimits } from './limits.ts';
import type { WantedSchema } from './schemas.ts';

/** What is wrong with the object that was found, and where. */
export interface Issue {
  /** "items.0.price"; "" for the whole. */
  readonly path: string;
  readonly message: string;
}

/** Checks the object against its schema: with the library it is of, which may also change it, else with what is here: see the README for the keywords. */
export async function check(
  schema: WantedSchema,
  data: unknown,
): Promise<{ readonly data: unknown; readonly issues: readonly Issue[] }> {
  if (!('~standard' in schema)) return { data, issues: issuesIn(checkedSchema(schema), data, '') };
  const validated = await schema['~standard'].validate(data);
  if (validated.issues === undefined) return { data: validated.value, issues: [] };
  return {
    data,
    issues: validated.issues.map(({ message, path = [] }) => ({ message, path: path.map(step).join('.') })),
  };
}

const step = (part: unknown): string =>
  String(typeof part === 'object' && part !== null && 'key' in part ? part.key : part);

function issuesIn(schema: AskedSchema, data: unknown, path: string): Issue[] {
  const below = (name: string | number): string => (path === '' ? String(name) : `${path}.${name}`);
  const own = brokenLimits(schema, data).map((message) => ({ path, message }));
  if (schema.items && Array.isArray(data))
    return [...own, ...data.flatMap((item, index) => issuesOf(schema.items!, item ?? null, below(index)))];
  if (!schema.properties || typeof data !== 'object' || data === null) return own;
  const found = data as Readonly<Record<string, unknown>>;
  const inner = Object.entries(schema.properties).flatMap(([name, property]) => {
    const value = found[name] ?? null;
    return value !== null || schema.required?.includes(name) ? issuesOf(property, value, below(name)) : [];
  });
  return [...own, ...inner];
}

/** Of what has to be there. */
function issuesOf(schema: AskedSchema, value: unknown, path: string): Issue[] {
  if (value !== null) return issuesIn(schema, value, path);
  return isNullable(schema) ? [] : [{ path, message: 'No page says it.' }];
}
