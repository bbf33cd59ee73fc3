import { AppError } from '@docusnap/contracts';
import { NO_KEY } from '../tasks/flat.ts';
import type { Json, JsonObject } from './language-model.ts';
import {
  type ArrayShape,
  FORMATS,
  type LeafShape,
  type ObjectShape,
  type Path,
  pathText,
  SCALAR_TYPES,
  type Shape,
} from './schema.ts';

/** Steps from the root to a leaf, items of arrays counted. */
export const DEEPEST_SCHEMA = 6;
/** Properties of all objects together: more than documents are asked for, and fewer than servers that compile schemas refuse. */
export const MOST_PROPERTIES = 200;
const MOST_ENUM_VALUES = 500;
const LONGEST_NAME = 100;

/** Keywords that say something about a document's fields, and those that only comment. */
const MEANT = ['type', 'properties', 'required', 'items', 'enum', 'const', 'format', 'additionalProperties'];
const COMMENTS = ['$schema', '$id', '$comment', 'title', 'description', 'default', 'examples', 'deprecated'];

/**
 * Reads the schema of an `extract` request. It is JSON Schema, draft 2020-12, of these: objects with `properties` and `required`, arrays with
 * `items`, and leaves of the types string, number, integer, boolean, null (or several), with `enum`, `const` and the formats date, date-time, time,
 * email, uri, uuid; `title` and `description` are told to the model. The root is an object.
 *
 * @throws AppError `invalid_options`, with the place, for anything else
 */
export function readCallerSchema(schema: JsonObject): ObjectShape {
  const count = { properties: 0 };
  const shape = read(schema, [], count);
  if (shape.kind !== 'object') refuse([], 'the root has to be an object with properties');
  return shape;
}

function read(schema: Json | undefined, path: Path, count: { properties: number }): Shape {
  if (!isObject(schema)) refuse(path, 'a schema has to be an object');
  if (path.length > DEEPEST_SCHEMA) refuse(path, `it is nested deeper than ${DEEPEST_SCHEMA}`);
  const unknown = Object.keys(schema).find((keyword) => !MEANT.includes(keyword) && !COMMENTS.includes(keyword));
  if (unknown !== undefined) refuse(path, `the keyword "${unknown.slice(0, LONGEST_NAME)}" is not supported`);
  const types = typesOf(schema, path);
  if (types.includes('object')) return readObject(schema, types, path, count);
  if (types.includes('array')) return readArray(schema, types, path, count);
  return readLeaf(schema, types, path);
}

function readObject(
  schema: JsonObject,
  types: readonly string[],
  path: Path,
  count: { properties: number },
): ObjectShape {
  alone(types, path);
  const { properties = {}, required = [], additionalProperties = false } = schema;
  if (!isObject(properties) || Object.keys(properties).length === 0) refuse(path, 'an object needs properties');
  if (typeof additionalProperties !== 'boolean') refuse(path, 'additionalProperties may be true or false only');
  if (!isArray(required) || !required.every((name) => typeof name === 'string' && Object.hasOwn(properties, name)))
    refuse(path, 'required has to be a list of names of properties');
  count.properties += Object.keys(properties).length;
  if (count.properties > MOST_PROPERTIES) refuse(path, `there are more than ${MOST_PROPERTIES} properties`);
  for (const name of Object.keys(properties)) {
    if (name === '' || name.length > LONGEST_NAME || /[.\p{Cc}]/u.test(name) || name === NO_KEY)
      refuse(path, `names of properties have 1 to ${LONGEST_NAME} characters and no full stop`);
  }
  return {
    kind: 'object',
    ...describedBy(schema),
    properties: new Map(Object.entries(properties).map(([name, inner]) => [name, read(inner, [...path, name], count)])),
    required: new Set(required as readonly string[]),
  };
}

function readArray(
  schema: JsonObject,
  types: readonly string[],
  path: Path,
  count: { properties: number },
): ArrayShape {
  alone(types, path);
  if (schema.items === undefined) refuse(path, 'an array needs items');
  return { kind: 'array', ...describedBy(schema), items: read(schema.items, [...path, '*'], count) };
}

/** Null beside a type is allowed and changes nothing: what a document does not say is null anyway. */
function alone(types: readonly string[], path: Path): void {
  if (types.filter((type) => type !== 'null').length > 1)
    refuse(path, 'object and array stand for themselves, or beside null');
}

function readLeaf(schema: JsonObject, types: readonly string[], path: Path): LeafShape {
  const { format } = schema;
  const known = FORMATS.find((name) => name === format);
  if (format !== undefined && known === undefined) refuse(path, `format has to be one of ${FORMATS.join(', ')}`);
  const values = schema.const === undefined ? schema.enum : [schema.const];
  if (values !== undefined && !(isArray(values) && values.length > 0 && values.length <= MOST_ENUM_VALUES))
    refuse(path, `enum has to be a list of 1 to ${MOST_ENUM_VALUES} values`);
  const listed = [...new Set(values)].filter((value) => value !== null);
  if (!listed.every((value) => ['string', 'number', 'boolean'].includes(typeof value)))
    refuse(path, 'values of an enum are strings, numbers, true, false or null');
  return {
    kind: 'leaf',
    ...describedBy(schema),
    types: SCALAR_TYPES.filter((type) => types.includes(type)),
    format: known,
    enum: listed.length === 0 ? undefined : (listed as (string | number | boolean)[]),
  };
}

function typesOf(schema: JsonObject, path: Path): readonly string[] {
  const { type } = schema;
  if (type === undefined) return impliedTypes(schema);
  const types = [type].flat() as readonly Json[];
  const known = types.every((one) => ['object', 'array', 'null', ...SCALAR_TYPES].includes(one as string));
  if (!known || types.length === 0)
    refuse(path, `type has to be object, array, null, ${SCALAR_TYPES.join(', ')}, or several of them`);
  return types as readonly string[];
}

/** Where no type is said: by its other keywords, of its values, else a string. */
function impliedTypes(schema: JsonObject): readonly string[] {
  if (schema.properties !== undefined) return ['object'];
  if (schema.items !== undefined) return ['array'];
  const values = schema.const === undefined ? schema.enum : [schema.const];
  return isArray(values)
    ? [...new Set(values.map((value) => typeof value).filter((type) => type !== 'object'))]
    : ['string'];
}

function describedBy({ title, description }: JsonObject): {
  title: string | undefined;
  description: string | undefined;
} {
  return {
    title: typeof title === 'string' ? title : undefined,
    description: typeof description === 'string' ? description : undefined,
  };
}

function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isArray(value: Json | undefined): value is readonly Json[] {
  return Array.isArray(value);
}

function refuse(path: Path, why: string): never {
  throw new AppError('invalid_options', `schema${path.length === 0 ? '' : ` at "${pathText(path)}"`}: ${why}.`);
}
