import { declarationOf, isAnyJson, type Schema, typeOf } from './schema-types.ts';

/** The part of an OpenAPI document that types are made of. */
export interface OpenApi {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components: { readonly schemas: Readonly<Record<string, Schema>> };
}

interface Operation {
  readonly operationId: string;
  readonly summary: string;
  readonly parameters: readonly { readonly name: string; readonly in: string; readonly schema: Schema }[];
  readonly requestBody?: { readonly content: Content };
  readonly responses: Readonly<Record<string, { readonly content?: Content }>>;
}

type Content = Readonly<Record<string, { readonly schema?: Schema }>>;

const HEAD = `// Made by \`npm run generate:client\` from the schemas behind /openapi.json. Not to be edited: a test compares it with them.
`;

/** The types of every shape and every call of a document, as a TypeScript module. */
export function apiTypes(document: OpenApi): string {
  const shapes = Object.entries(document.components.schemas)
    .filter(([name]) => !isAnyJson(name))
    .sort(([a], [b]) => (a < b ? -1 : 1));
  const operations = Object.entries(document.paths)
    .flatMap(([path, methods]) => Object.entries(methods).map(([method, operation]) => ({ path, method, operation })))
    .sort((a, b) => (a.operation.operationId < b.operation.operationId ? -1 : 1));
  return [
    HEAD,
    '/** What JSON can say. */',
    'export type Json = string | number | boolean | null | readonly Json[] | { readonly [name: string]: Json | undefined };\n',
    ...shapes.map(([name, schema]) => declarationOf(name, schema)),
    '/** What each call takes and answers; where an answer has no JSON, `undefined`. */',
    'export interface Operations {',
    ...operations.map(({ operation, path }) => operationType(operation, path)),
    '}\n',
    '/** Method and path of each call. */',
    'export const CALLS = {',
    ...operations.map(
      ({ method, path, operation }) => `  ${operation.operationId}: ['${method.toUpperCase()}', '${path}'],`,
    ),
    '} as const satisfies Record<keyof Operations, readonly [string, string]>;\n',
    '/** Names of errors that answers, jobs, files and pages bear. */',
    `export type ErrorCode = Problem['code'];\n`,
  ].join('\n');
}

function operationType(operation: Operation, path: string): string {
  const parts = [...path.matchAll(/\{(\w+)\}/g)].map(
    ([, name]) => `readonly ${name}: ${name === 'id' ? 'string' : 'number'}`,
  );
  const query = operation.parameters
    .filter((parameter) => parameter.in === 'query')
    .map(({ name, schema }) => `readonly ${name}?: ${typeOf(schema, '    ')} | undefined`);
  const body = operation.requestBody?.content['application/json']?.schema;
  const fields = [
    `parts: ${object(parts)}`,
    `query: ${object(query)}`,
    `body: ${body ? typeOf(body, '    ') : 'undefined'}`,
    `answer: ${answerType(operation)}`,
  ];
  return `  /** ${operation.summary} */\n  ${operation.operationId}: {\n${fields.map((field) => `    readonly ${field};`).join('\n')}\n  };`;
}

const object = (members: readonly string[]): string => (members.length === 0 ? 'object' : `{ ${members.join('; ')} }`);

function answerType({ responses }: Operation): string {
  const good = Object.entries(responses).filter(([status]) => status.startsWith('2'));
  const types = good.map(([, { content }]) => {
    const schema = content?.['application/json']?.schema;
    return schema ? typeOf(schema, '    ') : 'undefined';
  });
  return [...new Set(types)].join(' | ');
}
