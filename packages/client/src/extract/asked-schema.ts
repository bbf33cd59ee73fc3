import { DocuSnapError } from '../errors.ts';
import type { JsonSchema, WantedSchema } from './schemas.ts';

/** A JSON Schema as the server takes it. */
export interface AskedSchema {
  readonly type: string | readonly string[];
  readonly properties?: Readonly<Record<string, AskedSchema>>;
  readonly required?: readonly string[];
  readonly items?: AskedSchema;
  readonly [keyword: string]: unknown;
}

type Node = Readonly<Record<string, unknown>>;

/** Said to the server as it is. */
const KEPT = ['title', 'description', 'enum', 'const', 'required', 'examples'];
/** Checked here, once the values are there. */
const LIMITS = [
  'minimum',
  'maximum',
  'exclusiveMinimum',
  'exclusiveMaximum',
  'multipleOf',
  'minLength',
  'maxLength',
  'pattern',
  'minItems',
  'maxItems',
  'uniqueItems',
];
const FORMATS: ReadonlySet<unknown> = new Set(['date', 'date-time', 'time', 'email', 'uri', 'uuid']);
/** Deeper references are taken for a loop. */
const DEEPEST = 32;

/** The part of a schema that the server is asked. Throws DocuSnapError `schema_unsupported`. */
export function askedSchema(schema: WantedSchema): AskedSchema {
  const root = jsonSchemaOf(schema);
  return reduced(root, root, 0, KEPT);
}

/** The part of a JSON Schema that values are checked against here. Throws DocuSnapError `schema_unsupported`. */
export function checkedSchema(schema: JsonSchema): AskedSchema {
  return reduced(schema as Node, schema as Node, 0, [...KEPT, ...LIMITS]);
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

function reduced(node: Node, root: Node, depth: number, names: readonly string[]): AskedSchema {
  if (depth > DEEPEST) throw unsupported('it refers to itself');
  const resolved = resolve(node, root);
  const alternatives = (resolved.anyOf ?? resolved.oneOf) as readonly Node[] | undefined;
  if (alternatives) return nullable(alternatives, resolved, root, depth, names);
  const kept = Object.fromEntries(
    names.flatMap((name) => (resolved[name] === undefined ? [] : [[name, resolved[name]]])),
  );
  const { type, properties, items, format, pattern } = resolved;
  if (typeof pattern === 'string' && !patternOf(pattern)) throw unsupported(`${pattern} is no regular expression`);
  return {
    ...kept,
    type: (type ?? impliedType(resolved)) as AskedSchema['type'],
    ...(FORMATS.has(format) && { format }),
    ...(properties !== undefined && {
      properties: Object.fromEntries(
        Object.entries(properties as Record<string, Node>).map(([name, inner]) => [
          name,
          reduced(inner, root, depth + 1, names),
        ]),
      ),
    }),
    ...(items !== undefined && { items: reduced(items as Node, root, depth + 1, names) }),
  };
}

/** One of which the others are null: what a document does not say is null anyway. */
function nullable(
  alternatives: readonly Node[],
  { title, description }: Node,
  root: Node,
  depth: number,
  names: readonly string[],
): AskedSchema {
  const others = alternatives.map((one) => resolve(one, root)).filter(({ type }) => type !== 'null');
  if (others.length !== 1) throw unsupported('of several alternatives the server can be asked for none');
  const inner = reduced(others[0]!, root, depth + 1, names);
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

/** As the draft has it, with Unicode; else as other writers of schemas have them. Undefined for what is none. */
export function patternOf(text: string): RegExp | undefined {
  for (const flags of ['u', '']) {
    try {
      return new RegExp(text, flags);
    } catch {
      // The next, or none.
    }
  }
  return undefined;
}
