import { parseAllDocuments } from 'yaml';
import { z } from 'zod';

export type Value = string | number | boolean | null | readonly Value[] | { readonly [key: string]: Value };
export type Fields = Readonly<Record<string, Value>>;

/** One object of a cluster, as it would be sent there. */
export interface Manifest {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: {
    readonly name: string;
    readonly namespace?: string | undefined;
    readonly labels: Readonly<Record<string, string>>;
    readonly annotations: Readonly<Record<string, string>>;
  };
  /** All of it, these included. */
  readonly fields: Fields;
}

const Names = z.record(z.string(), z.string()).default({});
const Head = z.looseObject({
  apiVersion: z.string(),
  kind: z.string(),
  metadata: z.looseObject({
    name: z.string(),
    namespace: z.string().optional(),
    labels: Names,
    annotations: Names,
  }),
});

/** The objects in a stream of YAML documents. Throws for what is no YAML, and for what is no object of a cluster. */
export function readManifests(yaml: string): Manifest[] {
  return parseAllDocuments(yaml).flatMap((document) => {
    const [fault] = document.errors;
    if (fault) throw fault;
    const fields: unknown = document.toJS();
    return fields === null ? [] : [manifestOf(fields)];
  });
}

export function manifestOf(fields: unknown): Manifest {
  const { apiVersion, kind, metadata } = Head.parse(fields);
  return { apiVersion, kind, metadata, fields: fields as Fields };
}

/** How a finding names it. */
export function nameOf({ kind, metadata }: Manifest): string {
  return `${kind} ${metadata.name}`;
}

/**
 * All values at a path such as `spec.template.spec.containers.*.image`; `*` stands for every element of a list or every field. What is not there
 * gives nothing.
 */
export function valuesAt(value: Value | undefined, path: string): Value[] {
  let found: Value[] = value === undefined ? [] : [value];
  for (const step of path.split('.')) found = found.flatMap((one) => stepInto(one, step));
  return found;
}

function stepInto(value: Value, step: string): readonly Value[] {
  if (value === null || typeof value !== 'object') return [];
  if (step === '*') return Object.values(value);
  const next = (value as Fields)[step];
  return next === undefined ? [] : [next];
}

export function valueAt(value: Value | undefined, path: string): Value | undefined {
  return valuesAt(value, path)[0];
}

/** Of the values at a path those that are texts. */
export function textsAt(value: Value | undefined, path: string): string[] {
  return valuesAt(value, path).filter((one) => typeof one === 'string');
}

export function textAt(value: Value | undefined, path: string): string | undefined {
  return textsAt(value, path)[0];
}

/** Of the values at a path those that have fields. */
export function fieldsAt(value: Value | undefined, path: string): Fields[] {
  return valuesAt(value, path).filter(isFields);
}

export function isFields(value: Value): value is Fields {
  return value !== null && typeof value === 'object' && !Array.isArray(value);
}
