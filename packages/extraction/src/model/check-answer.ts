import { Ajv2020, type ErrorObject } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import type { Json } from './language-model.ts';
import { checkedSchema, FORMATS, type Format, type Path, pathText, type Shape } from './schema.ts';

/** What is wrong with one place of an answer. */
export interface Fault {
  readonly path: Path;
  /** Holds nothing that stands in a document. */
  readonly message: string;
}

/** A check of answers against one shape. */
export function checkerOf(shape: Shape): (value: Json) => Fault[] {
  const ajv = new Ajv2020({ allErrors: true, strict: false, ownProperties: true, logger: false });
  addFormats.default(ajv, [...FORMATS]);
  const validate = ajv.compile(checkedSchema(shape));
  return (value) => (validate(value) ? [] : faultsOf(validate.errors ?? []));
}

/** Whether a text is what a format asks for, as the check of answers would say. */
export function fits(text: string, format: Format): boolean {
  const known = addFormats.default.get(format);
  const check: unknown = typeof known === 'object' && 'validate' in known ? known.validate : known;
  if (check instanceof RegExp) return check.test(text);
  return typeof check === 'function' ? check(text) === true : check === true;
}

/** The first of each place: a wrong type makes the enum wrong too. */
function faultsOf(errors: readonly ErrorObject[]): Fault[] {
  const faults = errors.map(({ instancePath, message = 'is not valid', keyword, params }) => ({
    path: instancePath.split('/').slice(1).map(unescaped),
    message:
      keyword === 'enum'
        ? `must be one of ${JSON.stringify((params as { allowedValues: unknown }).allowedValues)}`
        : message,
  }));
  return faults.filter(({ path }, at) => faults.findIndex((other) => pathText(other.path) === pathText(path)) === at);
}

/** RFC 6901. */
function unescaped(step: string): string {
  return step.replaceAll('~1', '/').replaceAll('~0', '~');
}
