import { type AskedSchema, patternOf } from './asked-schema.ts';

/** What a value breaks of the keywords that concern it itself, in words. */
export function brokenLimits(schema: AskedSchema, value: unknown): string[] {
  const types = [schema.type].flat();
  if (!types.some((type) => isOfType(type, value))) return [`Expected ${types.join(' or ')}.`];
  const { enum: values, const: only } = schema;
  return [
    ...(Array.isArray(values) && !values.some((one) => same(one, value)) ? ['It is none of the values allowed.'] : []),
    ...(only !== undefined && !same(only, value) ? [`Expected ${JSON.stringify(only)}.`] : []),
    ...(typeof value === 'number' ? brokenBounds(schema, value) : []),
    ...(typeof value === 'string' ? brokenLengths(schema, value) : []),
    ...(Array.isArray(value) ? brokenCounts(schema, value) : []),
  ];
}

function isOfType(type: string, value: unknown): boolean {
  if (type === 'null') return value === null;
  if (type === 'array') return Array.isArray(value);
  if (type === 'integer') return Number.isInteger(value);
  if (type === 'object') return typeof value === 'object' && value !== null && !Array.isArray(value);
  return typeof value === type;
}

function brokenBounds(schema: AskedSchema, value: number): string[] {
  const { minimum, maximum, exclusiveMinimum: above, exclusiveMaximum: below, multipleOf } = schema;
  return [
    ...(isNumber(minimum) && value < minimum ? [`Expected at least ${minimum}.`] : []),
    ...(isNumber(maximum) && value > maximum ? [`Expected at most ${maximum}.`] : []),
    ...(isNumber(above) && value <= above ? [`Expected more than ${above}.`] : []),
    ...(isNumber(below) && value >= below ? [`Expected less than ${below}.`] : []),
    ...(isNumber(multipleOf) && !isMultiple(value, multipleOf) ? [`Expected a multiple of ${multipleOf}.`] : []),
  ];
}

/** As far as binary fractions can tell: 120.5 is a multiple of 0.01. */
function isMultiple(value: number, of: number): boolean {
  const times = value / of;
  return Math.abs(times - Math.round(times)) <= Number.EPSILON * Math.max(1, Math.abs(times));
}

function brokenLengths({ minLength, maxLength, pattern }: AskedSchema, value: string): string[] {
  const { length } = [...value];
  return [
    ...(isNumber(minLength) && length < minLength ? [`Expected at least ${minLength} characters.`] : []),
    ...(isNumber(maxLength) && length > maxLength ? [`Expected at most ${maxLength} characters.`] : []),
    ...(typeof pattern === 'string' && patternOf(pattern)?.test(value) === false
      ? [`It does not match ${pattern}`]
      : []),
  ];
}

function brokenCounts({ minItems, maxItems, uniqueItems }: AskedSchema, value: readonly unknown[]): string[] {
  const different = new Set(value.map((item) => JSON.stringify(item))).size;
  return [
    ...(isNumber(minItems) && value.length < minItems ? [`Expected at least ${minItems} items.`] : []),
    ...(isNumber(maxItems) && value.length > maxItems ? [`Expected at most ${maxItems} items.`] : []),
    ...(uniqueItems === true && different < value.length ? ['Expected no item twice.'] : []),
  ];
}

const isNumber = (value: unknown): value is number => typeof value === 'number';
const same = (one: unknown, other: unknown): boolean => JSON.stringify(one) === JSON.stringify(other);
