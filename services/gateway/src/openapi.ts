import { ERRORS, type ErrorCode, IDEMPOTENCY, Problem } from '@docusnap/contracts';
import { z } from 'zod';
import { answerHeaders, headerParameters, problemDocHeaders } from './openapi-headers.ts';
import { samplesOf } from './reference/samples.ts';
import type { BodyDoc, Route } from './route.ts';

type Json = Record<string, unknown>;
/** `input`: what a client sends, where a default makes a field optional; `output`: what it gets. */
type Direction = 'input' | 'output';

/** The OpenAPI 3.1 document of the route table; the shapes are the zod schemas that requests and answers really go through. */
export function openApiDocument(routes: readonly Route[], version: string): Json {
  const schemas: Json = {};
  const paths: Record<string, Json> = {};
  for (const route of routes) {
    paths[route.path] ??= {};
    paths[route.path]![route.method] = operation(route, schemas);
  }
  return {
    openapi: '3.1.0',
    info: {
      title: 'DocuSnap',
      version,
      summary: 'Documents in, as PDFs, photographs or scans; text and structure out.',
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    servers: [{ url: '/' }],
    security: [{ key: [] }],
    paths,
    components: {
      schemas,
      securitySchemes: {
        key: {
          type: 'http',
          scheme: 'bearer',
          description: 'An API key; or a JWT, where an identity provider is configured.',
        },
      },
    },
  };
}

function operation(route: Route, schemas: Json): Json {
  const samples = samplesOf(route);
  const responses: Json = {};
  for (const [status, answer] of Object.entries(route.answers)) {
    const told = typeof answer === 'string' ? { description: answer } : body(answer, 'output', schemas);
    responses[status] = { ...told, headers: answerHeaders(route, status) };
  }
  return {
    operationId: operationId(route),
    summary: route.summary,
    parameters: [
      ...pathParameters(route.path),
      ...queryParameters(route.query, schemas),
      ...headerParameters(route),
      ...(route.method === 'post' && route.scope !== null ? [IDEMPOTENCY_KEY] : []),
    ],
    ...(route.body && { requestBody: { required: true, ...body(route.body, 'input', schemas) } }),
    responses: { ...responses, ...problems(route.errors, schemas) },
    security: route.scope === null ? [] : [{ key: [] }],
    ...(route.scope !== null && { 'x-scope': route.scope }),
    ...(samples && { 'x-codeSamples': samples }),
  };
}

/** `GET /v1/jobs/{id}/pages/{n}` is `get_v1_jobs_id_pages_n`. */
function operationId(route: Route): string {
  return `${route.method}${route.path.replace(/[^A-Za-z0-9]+/g, '_').replace(/_$/, '')}`;
}

function body(doc: BodyDoc, direction: Direction, schemas: Json): Json {
  const content = Object.entries(doc.content).map(([type, schema]) => [
    type,
    { schema: schema ? reference(schema, direction, schemas) : { type: 'string' } },
  ]);
  return { description: doc.description, content: Object.fromEntries(content) };
}

/** Errors of one status in one answer, with the codes that may stand in it. */
function problems(codes: readonly ErrorCode[], schemas: Json): Json {
  const byStatus = Map.groupBy(new Set(codes), (code) => ERRORS[code].status);
  const answers = [...byStatus].map(([status, ofStatus]) => [
    status,
    {
      headers: problemDocHeaders(ofStatus),
      description: ofStatus.map((code) => `${code}: ${ERRORS[code].message}`).join('\n\n'),
      content: { 'application/problem+json': { schema: reference(Problem, 'output', schemas) } },
    },
  ]);
  return Object.fromEntries(answers);
}

const PATH_PARTS: Readonly<Record<string, Json>> = {
  id: { type: 'string', format: 'uuid' },
  n: { type: 'integer', minimum: 1 },
  k: { type: 'integer', minimum: 1 },
};

const IDEMPOTENCY_KEY: Json = {
  name: 'Idempotency-Key',
  in: 'header',
  schema: { type: 'string', minLength: 1, maxLength: IDEMPOTENCY.keyCharacters },
  description: `Of your making, such as a UUID. The same request with the same key is carried out once in ${IDEMPOTENCY.hours} hours, for all API keys of the tenant; later ones are answered as the first was, with Idempotent-Replayed: true, a job or batch as it is by then. Another request with the key is refused.`,
};

function pathParameters(path: string): Json[] {
  return [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => ({
    name,
    in: 'path',
    required: true,
    schema: PATH_PARTS[name!] ?? { type: 'string' },
  }));
}

function queryParameters(query: z.ZodObject | undefined, schemas: Json): Json[] {
  const shape = query ? Object.entries(query.shape) : [];
  return shape.map(([name, schema]) => ({
    name,
    in: 'query',
    // In the direction of output, since what a coerced parameter takes is just any text.
    schema: reference(schema as z.ZodType, 'output', schemas),
  }));
}

/** Leaves out the bounds that zod gives each whole number: they say nothing of ours, and viewers show them as samples. */
function override({ jsonSchema }: { readonly jsonSchema: z.core.JSONSchema.BaseSchema }): void {
  if (jsonSchema.minimum === Number.MIN_SAFE_INTEGER) delete jsonSchema.minimum;
  if (jsonSchema.maximum === Number.MAX_SAFE_INTEGER) delete jsonSchema.maximum;
}

/**
 * The JSON Schema of a shape. Shapes that have a name go among the components, once for each direction in which they differ: what is
 * sent has `Input` after its name.
 */
function reference(schema: z.ZodType, direction: Direction, schemas: Json): Json {
  const {
    $schema: _,
    $defs = {},
    ...root
  } = z.toJSONSchema(schema, { io: direction, override }) as Json & { $defs?: Json };
  const nameOf = (name: string): string => {
    const plain = name.replace(/^__schema/, 'Schema');
    return direction === 'input' ? `${plain}Input` : plain;
  };
  const renamed = (value: unknown): Json =>
    JSON.parse(
      JSON.stringify(value).replaceAll(
        /"#\/\$defs\/([^"]+)"/g,
        (_match, name: string) => `"#/components/schemas/${nameOf(name)}"`,
      ),
    );
  for (const [name, definition] of Object.entries($defs)) schemas[nameOf(name)] = renamed(definition);
  return renamed(root);
}
