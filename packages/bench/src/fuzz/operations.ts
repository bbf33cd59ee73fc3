/** A JSON Schema, as far as requests are made from it. */
export interface Schema {
  readonly $ref?: string;
  readonly type?: string | readonly string[];
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly anyOf?: readonly Schema[];
  readonly oneOf?: readonly Schema[];
  readonly allOf?: readonly Schema[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: boolean | Schema;
  readonly items?: Schema;
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly exclusiveMinimum?: number;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly format?: string;
  readonly pattern?: string;
}

export interface Parameter {
  readonly name: string;
  readonly in: string;
  readonly schema?: Schema;
}

interface OpenApi {
  readonly paths: Readonly<
    Record<
      string,
      Readonly<
        Record<
          string,
          {
            readonly parameters?: readonly Parameter[];
            readonly requestBody?: { readonly content: Readonly<Record<string, { readonly schema?: Schema }>> };
            readonly responses: Readonly<
              Record<string, { readonly headers?: Readonly<Record<string, { readonly required?: boolean }>> }>
            >;
          }
        >
      >
    >
  >;
  readonly components?: { readonly schemas?: Readonly<Record<string, Schema>> };
}

/** One call of the API, as its document describes it. */
export interface Operation {
  /** As HTTP writes it: `POST`. */
  readonly method: string;
  /** `/v1/jobs/{id}`. */
  readonly path: string;
  readonly query: readonly Parameter[];
  /** Schemas of bodies by media type. */
  readonly bodies: Readonly<Record<string, Schema>>;
  /** Headers that answers of a status always carry, by status, in lower case. */
  readonly promised: Readonly<Record<string, readonly string[]>>;
}

export interface Api {
  readonly operations: readonly Operation[];
  /** What `#/components/schemas/NAME` means. */
  readonly schemas: Readonly<Record<string, Schema>>;
}

function alwaysSent(headers: Readonly<Record<string, { readonly required?: boolean }>>): string[] {
  return Object.entries(headers).flatMap(([name, { required }]) => (required ? [name.toLowerCase()] : []));
}

/** The calls that a running gateway says it answers. */
export async function readApi(url: string): Promise<Api> {
  const answer = await fetch(new URL('/openapi.json', url));
  const document = (await answer.json()) as OpenApi;
  const operations = Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, { parameters = [], requestBody, responses }]) => ({
      method: method.toUpperCase(),
      path,
      query: parameters.filter((parameter) => parameter.in === 'query'),
      bodies: Object.fromEntries(
        Object.entries(requestBody?.content ?? {}).map(([type, { schema }]) => [type, schema ?? {}]),
      ),
      promised: Object.fromEntries(
        Object.entries(responses).map(([status, { headers = {} }]) => [status, alwaysSent(headers)]),
      ),
    })),
  );
  return { operations, schemas: document.components?.schemas ?? {} };
}
