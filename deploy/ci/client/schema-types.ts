/** TypeScript of JSON Schemas, as far as the gateway's OpenAPI document uses them. */

export interface Schema {
  readonly $ref?: string;
  readonly type?: string | readonly string[];
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly anyOf?: readonly Schema[];
  readonly oneOf?: readonly Schema[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly propertyNames?: Schema;
  readonly additionalProperties?: Schema | boolean;
  readonly items?: Schema;
  readonly prefixItems?: readonly Schema[];
  readonly description?: string;
  readonly default?: unknown;
}

/** A declaration that other code can name: an interface where the schema is an object with properties. */
export function declarationOf(name: string, schema: Schema): string {
  const type = typeOf(schema, '');
  const isInterface = schema.properties !== undefined && schema.anyOf === undefined;
  return `${comment(schema, '')}export ${isInterface ? `interface ${name} ${type}` : `type ${name} = ${type};`}\n`;
}

/** The type of what a schema describes; `indent` is that of the line it stands in. */
export function typeOf(schema: Schema, indent: string): string {
  if (schema.$ref !== undefined) return nameIn(schema.$ref);
  if (schema.const !== undefined) return JSON.stringify(schema.const);
  if (schema.enum !== undefined) return union(schema.enum.map((value) => JSON.stringify(value)));
  const alternatives = schema.anyOf ?? schema.oneOf;
  if (alternatives !== undefined) return union(alternatives.map((one) => typeOf(one, indent)));
  const types = [schema.type ?? []].flat();
  if (types.length === 0) return schema.properties === undefined ? 'unknown' : objectType(schema, indent);
  return union(types.map((type) => typeNamed(type, schema, indent)));
}

/** Whether a shape is that of any JSON: zod gives such, which have no name, numbers, in each document anew. */
export function isAnyJson(name: string): boolean {
  return /^Schema\d+(Input)?$/.test(name);
}

function nameIn(reference: string): string {
  const name = reference.slice(reference.lastIndexOf('/') + 1);
  return isAnyJson(name) ? 'Json' : name;
}

function typeNamed(type: string, schema: Schema, indent: string): string {
  switch (type) {
    case 'object':
      return objectType(schema, indent);
    case 'array':
      return arrayType(schema, indent);
    case 'integer':
      return 'number';
    default:
      return type;
  }
}

function objectType(schema: Schema, indent: string): string {
  const { properties, required = [], additionalProperties } = schema;
  if (properties === undefined) {
    const values = typeof additionalProperties === 'object' ? typeOf(additionalProperties, indent) : 'unknown';
    const names = schema.propertyNames?.enum && typeOf(schema.propertyNames, indent);
    return names ? `{ readonly [Name in ${names}]?: ${values} }` : `{ readonly [name: string]: ${values} }`;
  }
  const inner = `${indent}  `;
  const lines = Object.entries(properties).map(([name, property]) => {
    const key = /^[A-Za-z_$][\w$]*$/.test(name) ? name : JSON.stringify(name);
    const type = typeOf(property, inner);
    const member = required.includes(name) ? `${key}: ${type}` : `${key}?: ${type} | undefined`;
    return `${comment(property, inner)}${inner}readonly ${member};`;
  });
  return lines.length === 0 ? 'Readonly<Record<string, never>>' : `{\n${lines.join('\n')}\n${indent}}`;
}

function arrayType({ items, prefixItems }: Schema, indent: string): string {
  if (prefixItems !== undefined) return `readonly [${prefixItems.map((item) => typeOf(item, indent)).join(', ')}]`;
  const item = items === undefined ? 'unknown' : typeOf(items, indent);
  return `readonly ${/[ |]/.test(item) ? `(${item})` : item}[]`;
}

const union = (types: readonly string[]): string => [...new Set(types)].join(' | ');

/** What is said of it, where anything is, as a comment above. */
function comment({ description, default: usual }: Schema, indent: string): string {
  const words = [description, usual === undefined ? undefined : `Default: ${JSON.stringify(usual)}.`];
  const text = words.filter((part) => part !== undefined).join(' ');
  return text === '' ? '' : `${indent}/** ${text.replaceAll('*/', '* /')} */\n`;
}
