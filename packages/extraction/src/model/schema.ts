import type { Json, JsonObject } from './language-model.ts';

export const SCALAR_TYPES = ['string', 'number', 'integer', 'boolean'] as const;
export type ScalarType = (typeof SCALAR_TYPES)[number];
export const FORMATS = ['date', 'date-time', 'time', 'email', 'uri', 'uuid'] as const;
export type Format = (typeof FORMATS)[number];

/** What an answer has to be: the part of JSON Schema (draft 2020-12) that is supported, read. */
export type Shape = ObjectShape | ArrayShape | LeafShape;

interface Described {
  /** Rules go by the title, models by both. */
  readonly title: string | undefined;
  readonly description: string | undefined;
}

export interface ObjectShape extends Described {
  readonly kind: 'object';
  readonly properties: ReadonlyMap<string, Shape>;
  readonly required: ReadonlySet<string>;
}

export interface ArrayShape extends Described {
  readonly kind: 'array';
  readonly items: Shape;
}

export interface LeafShape extends Described {
  readonly kind: 'leaf';
  /** `null` alone where the schema wants nothing else. */
  readonly types: readonly ScalarType[];
  readonly format: Format | undefined;
  readonly enum: readonly (string | number | boolean)[] | undefined;
}

/** A shape of our own questions. */
export function objectOf(properties: Readonly<Record<string, Shape>>): ObjectShape {
  return {
    kind: 'object',
    title: undefined,
    description: undefined,
    properties: new Map(Object.entries(properties)),
    required: new Set(),
  };
}

export function listOf(items: Shape): ArrayShape {
  return { kind: 'array', title: undefined, description: undefined, items };
}

export function leafOf(type: ScalarType, values?: readonly string[]): LeafShape {
  return { kind: 'leaf', title: undefined, description: undefined, types: [type], format: undefined, enum: values };
}

/** Names of the ways to a leaf; items of an array count from 0. */
export type Path = readonly (string | number)[];

/** "items.0.price". */
export function pathText(path: Path): string {
  return path.join('.');
}

/**
 * A shape as the JSON Schema that a language model is held to: in the strict form that servers agree on (every property required, no others), with
 * null for every leaf that the document does not say. Formats stand in words: servers that compile schemas know different ones.
 */
export function askedSchema(shape: Shape): JsonObject {
  const words = aboutOf(shape);
  const about = words === undefined ? {} : { description: words };
  switch (shape.kind) {
    case 'object':
      return {
        type: 'object',
        ...about,
        properties: Object.fromEntries([...shape.properties].map(([name, inner]) => [name, askedSchema(inner)])),
        required: [...shape.properties.keys()],
        additionalProperties: false,
      };
    case 'array':
      return { type: 'array', ...about, items: askedSchema(shape.items) };
    case 'leaf': {
      const told = [words, shape.format === undefined ? undefined : FORMAT_WORDS[shape.format]].filter(
        (word) => word !== undefined,
      );
      return {
        type: [...shape.types, 'null'],
        ...(told.length === 0 ? {} : { description: told.join('; ') }),
        ...(shape.enum === undefined ? {} : { enum: [...shape.enum, null] as readonly Json[] }),
      };
    }
  }
}

function aboutOf({ title, description }: Shape): string | undefined {
  const words = [title, description].filter((word) => word !== undefined && word !== '');
  return words.length === 0 ? undefined : words.join(': ');
}

const FORMAT_WORDS: Readonly<Record<Format, string>> = {
  date: 'as YYYY-MM-DD',
  'date-time': 'as RFC 3339, like 2025-01-31T09:30:00Z',
  time: 'as RFC 3339, like 09:30:00Z',
  email: 'an e-mail address',
  uri: 'a URI with its scheme',
  uuid: 'a UUID',
};

/** A shape as the JSON Schema that answers are checked against: the same, with formats. */
export function checkedSchema(shape: Shape): JsonObject {
  switch (shape.kind) {
    case 'object':
      return {
        type: 'object',
        properties: Object.fromEntries([...shape.properties].map(([name, inner]) => [name, checkedSchema(inner)])),
        required: [...shape.properties.keys()],
        additionalProperties: false,
      };
    case 'array':
      return { type: 'array', items: checkedSchema(shape.items) };
    case 'leaf':
      return {
        type: [...shape.types, 'null'],
        ...(shape.format === undefined ? {} : { format: shape.format }),
        ...(shape.enum === undefined ? {} : { enum: [...shape.enum, null] as readonly Json[] }),
      };
  }
}
