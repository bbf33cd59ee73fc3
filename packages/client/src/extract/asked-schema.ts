import { DocuSnapError } from '../errors.ts';
import type { WantedSchema } from './schemas.ts';

/** A JSON Schema as the server takes it. */
export interface AskedSchema {
  readonly type: string | readonly string[];
  readonly properties?: Readonly<Record<string, AskedSchema>>;
  readonly required?: readonly string[];
  readonly items?: AskedSchema;
  readonly [keyword: string]: unknown;
}

type Node = Readonly<Record<string, unknown>>;

/** Said to the server as it is. What else a schema demands (lengths, bounds, patterns) is checked here, once the values are there. */
const KEPT = ['title', 'description', 'enum', 'const', 'required', 'examples'];
const FORMATS: ReadonlySet<unknown> = new Set(['date', 'date-time', 'time', 'email', 'uri', 'uuid']);
/** Deeper references are taken for a loop. */
const DEEPEST = 32;

/** The part of a schema that the server is asked. Throws DocuSnapError `schema_unsupported`. */
export function askedSchema(schema: WantedSchema): AskedSchema {
  const root = jsonSchemaOf(schema);
  return reduced(root, root, 0);
}

function jsonSchemaOf(schema: WantedSchema): Node {
  if (!('~standard' in schema)) return schema as Node;
  const { jsonSchema, vendor } = schema['~standard'];
  if (!jsonSchema) throw unsupported(`schemas of ${vendor} do not tell their JSON Schema; give a JSON Schema instead`);
  try {
    return jsonSchema.input({ target: 'draft-2020-12' });
  } catch (error) {
    throw unsupported(error instanceof Error ? error.message : String(error));
  }
}

function reduced(node: Node, root: Node, depth: number): AskedSchema {
  if (depth > DEEPEST) throw unsupported('it refers to itself');
  const resolved = resolve(node, root);
  const alternatives = (resolved.anyOf ?? resolved.oneOf) as readonly Node[] | undefined;
  if (alternatives) return nullable(alternatives, resolved, root, depth);
  const kept = Object.fromEntries(
    KEPT.flatMap((name) => (resolved[name] === undefined ? [] : [[name, resolved[name]]])),
  );
  const { type, properties, items, format } = resolved;
  return {
    ...kept,
    type: (type ?? impliedType(resolved)) as AskedSchema['type'],
    ...(FORMATS.has(format) && { format }),
    ...(properties !== undefined && {
      properties: Object.fromEntries(
        Object.entries(properties as Record<string, Node>).map(([name, inner]) => [
          name,
          reduced(inner, root, depth + 1),
        ]),
      ),
    }),
    ...(items !== undefined && { items: reduced(items as Node, root, depth + 1) }),
  };
}

/** One of which the others are null: what a document does not say is null anyway. */
function nullable(alternatives: readonly Node[], { title, description }: Node, root: Node, depth: number): AskedSchema {
  const others = alternatives.map((one) => resolve(one, root)).filter(({ type }) => type !== 'null');
  if (others.length !== 1) throw unsupported('of several alternatives the server can be asked for none');
  const inner = reduced(others[0]!, root, depth + 1);
  const types = [inner.type].flat();
  return {
    ...inner,
    ...(title !== undefined && { title }),
    ...(description !== undefined && { description }),
    type: [...new Set([...types, 'null'])],
  };
}

function resolve(node: Node, root: Node): Node {
  let found = node;
  for (let steps = 0; typeof found.$ref === 'string'; steps += 1) {
    if (steps > DEEPEST) throw unsupported('its references lead in a circle');
    const { $ref, ...beside } = found as { $ref: string };
    const names = $ref
      .replace(/^#\/?/, '')
      .split('/')
      .filter((name) => name !== '');
    const target = names.reduce<unknown>((at, name) => (at as Node | undefined)?.[name], root) as Node | undefined;
    if (!$ref.startsWith('#') || target === undefined) throw unsupported(`its reference ${$ref} leads nowhere`);
    found = { ...target, ...beside };
  }
  return found;
}

function impliedType({ properties, items, enum: values, const: value }: Node): string | readonly string[] {
  if (properties !== undefined) return 'object';
  if (items !== undefined) return 'array';
  const known = Array.isArray(values) ? values : value === undefined ? [''] : [value];
  return [...new Set(known.map((one) => (one === null ? 'null' : typeof one)))];
}

function unsupported(why: string): DocuSnapError {
  return new DocuSnapError({ code: 'schema_unsupported', message: `The schema cannot be asked for: ${why}.` });
}
