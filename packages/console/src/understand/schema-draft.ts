/** Fields as a person puts them together, and the JSON Schema that says the same. */

export const FIELD_TYPES = ['text', 'number', 'integer', 'date', 'yesno', 'choice', 'group'] as const;
export type FieldType = (typeof FIELD_TYPES)[number];

export interface FieldDraft {
  /** Tells fields apart while their names change. */
  readonly id: number;
  readonly name: string;
  readonly type: FieldType;
  /** Whether there may be several of it. */
  readonly list: boolean;
  readonly description: string;
  readonly required: boolean;
  /** Of a choice: its values. */
  readonly choices: readonly string[];
  /** Of a group: its fields. */
  readonly fields: readonly FieldDraft[];
}

export type Schema = Readonly<Record<string, unknown>>;

/** As the server refuses them. */
export const MOST_FIELDS = 200;
const LONGEST_NAME = 100;
/** Steps from the whole to a field, lists counted. */
export const DEEPEST = 6;

let last = 0;

export function newField(part: Partial<FieldDraft> = {}): FieldDraft {
  last += 1;
  return {
    name: '',
    type: 'text',
    list: false,
    description: '',
    required: false,
    choices: [],
    fields: [],
    ...part,
    id: last,
  };
}

/** What is wrong with a field, as a name among the words of this room. */
export type FieldFault = 'noName' | 'badName' | 'sameName' | 'noChoices' | 'noFields' | 'tooDeep';

/** What has to be mended before it can be sent, by the ids of the fields. */
export function faultsOf(fields: readonly FieldDraft[], depth = 1): ReadonlyMap<number, FieldFault> {
  const faults = new Map<number, FieldFault>();
  for (const field of fields) {
    const fault = faultOf(field, fields, depth);
    if (fault) faults.set(field.id, fault);
    if (field.type === 'group')
      for (const [id, inner] of faultsOf(field.fields, depth + (field.list ? 2 : 1))) faults.set(id, inner);
  }
  return faults;
}

function faultOf(field: FieldDraft, beside: readonly FieldDraft[], depth: number): FieldFault | null {
  const name = field.name.trim();
  if (name === '') return 'noName';
  if (name.length > LONGEST_NAME || /[.\p{Cc}]/u.test(name) || name === '__proto__') return 'badName';
  if (beside.some((other) => other.id < field.id && other.name.trim() === name)) return 'sameName';
  if (field.type === 'choice' && field.choices.every((choice) => choice.trim() === '')) return 'noChoices';
  if (field.type === 'group' && field.fields.length === 0) return 'noFields';
  return depth + (field.list ? 1 : 0) > DEEPEST ? 'tooDeep' : null;
}

/** All fields, those within groups too. */
export function countFields(fields: readonly FieldDraft[]): number {
  return fields.reduce((sum, field) => sum + 1 + (field.type === 'group' ? countFields(field.fields) : 0), 0);
}

export function schemaOf(fields: readonly FieldDraft[]): Schema {
  const required = fields.filter((field) => field.required).map((field) => field.name.trim());
  return {
    type: 'object',
    properties: Object.fromEntries(fields.map((field) => [field.name.trim(), propertyOf(field)])),
    ...(required.length > 0 && { required }),
  };
}

function propertyOf(field: FieldDraft): Schema {
  const description = field.description.trim();
  const own = { ...shapeOf(field) };
  const whole = field.list ? { type: 'array', items: own } : own;
  return description === '' ? whole : { ...whole, description };
}

function shapeOf({ type, choices, fields }: FieldDraft): Schema {
  switch (type) {
    case 'text':
      return { type: 'string' };
    case 'number':
    case 'integer':
      return { type };
    case 'date':
      return { type: 'string', format: 'date' };
    case 'yesno':
      return { type: 'boolean' };
    case 'choice':
      return { type: 'string', enum: choices.map((choice) => choice.trim()).filter(Boolean) };
    case 'group':
      return schemaOf(fields);
  }
}

/** A schema as fields; null where it says something that fields here cannot. */
export function fieldsOf(schema: unknown): readonly FieldDraft[] | null {
  if (!isObject(schema) || schema.type !== 'object' || !isObject(schema.properties)) return null;
  if (!knows(schema, ['type', 'properties', 'required', 'description', '$schema', 'title', 'additionalProperties']))
    return null;
  const required = Array.isArray(schema.required) ? schema.required : [];
  const fields = Object.entries(schema.properties).map(([name, property]) =>
    fieldOf(name, property, required.includes(name)),
  );
  return fields.every((field) => field !== null) ? fields : null;
}

function fieldOf(name: string, property: unknown, required: boolean): FieldDraft | null {
  if (!isObject(property)) return null;
  const description = typeof property.description === 'string' ? property.description : '';
  if (property.type === 'array') {
    if (
      !knows(property, ['type', 'items', 'description']) ||
      !isObject(property.items) ||
      property.items.type === 'array'
    )
      return null;
    const item = fieldOf(name, property.items, required);
    return item && item.description === '' ? { ...item, description, list: true } : null;
  }
  if (property.type === 'object') {
    const fields = fieldsOf(property);
    return fields && newField({ name, description, required, type: 'group', fields });
  }
  const leaf = leafOf(property);
  return leaf && newField({ name, description, required, ...leaf });
}

function leafOf(property: Schema): Pick<FieldDraft, 'type'> | Pick<FieldDraft, 'type' | 'choices'> | null {
  const { type, format, enum: values } = property;
  if (!knows(property, ['type', 'format', 'enum', 'description'])) return null;
  if (values !== undefined) {
    const isTexts = Array.isArray(values) && values.every((value) => typeof value === 'string');
    return type === 'string' && format === undefined && isTexts ? { type: 'choice', choices: values } : null;
  }
  if (format !== undefined) return type === 'string' && format === 'date' ? { type: 'date' } : null;
  if (type === 'string') return { type: 'text' };
  if (type === 'boolean') return { type: 'yesno' };
  return type === 'number' || type === 'integer' ? { type } : null;
}

function knows(schema: Schema, keywords: readonly string[]): boolean {
  return Object.keys(schema).every((keyword) => keywords.includes(keyword));
}

function isObject(value: unknown): value is Schema {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** A field changed within its group, wherever that is; null takes it away. */
export function changed(
  fields: readonly FieldDraft[],
  id: number,
  change: (field: FieldDraft) => FieldDraft | null,
): readonly FieldDraft[] {
  return fields.flatMap((field) => {
    if (field.id === id) return change(field) ?? [];
    return field.type === 'group' ? { ...field, fields: changed(field.fields, id, change) } : field;
  });
}

/** A field one place up or down among those beside it. */
export function moved(fields: readonly FieldDraft[], id: number, by: -1 | 1): readonly FieldDraft[] {
  const at = fields.findIndex((field) => field.id === id);
  if (at < 0)
    return fields.map((field) => (field.type === 'group' ? { ...field, fields: moved(field.fields, id, by) } : field));
  const to = at + by;
  if (to < 0 || to >= fields.length) return fields;
  const next = fields.toSpliced(at, 1);
  return next.toSpliced(to, 0, fields[at] as FieldDraft);
}
